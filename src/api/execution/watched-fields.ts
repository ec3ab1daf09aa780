import { Watched } from "../../watched.ts";

/** A field of Query or Mutation, with all that is selected below it. */
export type RootField = {
  /** As the schema names it: `Query.papers`. */
  readonly name: string;
};

/** From the call of a root field's resolver until the text of all below it is there. */
export const rootFields = new Watched<RootField>();

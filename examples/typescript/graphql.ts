import { initGraphQLTada } from "gql.tada";
import type { introspection } from "./graphql-env.d.ts";

export type { ResultOf } from "gql.tada";

/** Makes typed documents from GraphQL texts. Mistakes in them are compiler errors. */
export const graphql = initGraphQLTada<{
  introspection: introspection;
  scalars: {
    /** RFC 3339, UTC, to the microsecond, which is more precise than a `Date`. */
    DateTime: string;
    JSON: unknown;
  };
}>();

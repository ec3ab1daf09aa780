import { initGraphQLTada } from "gql.tada";
import type { introspection } from "./graphql-env.d.ts";

export type { ResultOf } from "gql.tada";

/** Makes typed documents of GraphQL texts; what is wrong in one is an error of the compiler. */
export const graphql = initGraphQLTada<{
  introspection: introspection;
  scalars: {
    /** RFC 3339, UTC, to the microsecond: more than a `Date` holds. */
    DateTime: string;
    JSON: unknown;
  };
}>();

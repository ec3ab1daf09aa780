import type { DocumentNode } from "graphql";
import { ApiError } from "../errors.ts";
import { type Measures, measureOperations } from "./measure.ts";
import {
  maximumAliasLength,
  maximumBreadth,
  maximumIntrospections,
  type QueryLimits,
} from "./query-limits.ts";

type Limited = { readonly words: string; readonly advice: string };

const limited: Record<keyof Measures, Limited> = {
  depth: { words: "fields inside each other", advice: "Ask for what is further in by its own ref or id." },
  breadth: {
    words: "fields beside each other",
    advice: "Name each field once, and ask in several requests.",
  },
  aliases: {
    words: "aliased fields, those of fragments counted wherever they are used",
    advice: "Ask for several at once by `nodes` or a filter, or in several requests.",
  },
  directives: {
    words: "directives, those of fragments counted wherever they are used",
    advice: "Leave out of the query what is not wanted.",
  },
  aliasLength: { words: "characters in an alias", advice: "Each object of the answer repeats it." },
  introspections: {
    words: "fields `__schema` and `__type`",
    advice: "schema.graphql has the whole schema.",
  },
};

/** What a document asks beyond the limits: one error (QUERY_TOO_COMPLEX) for each limit and operation. */
export function documentErrors(document: DocumentNode, limits: QueryLimits): ApiError[] {
  const most: Measures = {
    ...limits,
    breadth: maximumBreadth,
    introspections: maximumIntrospections,
    aliasLength: maximumAliasLength,
  };
  return measureOperations(document).flatMap(({ measures }) =>
    (Object.keys(limited) as (keyof Measures)[])
      .filter((name) => measures[name] > most[name])
      .map((name) => {
        const { words, advice } = limited[name];
        const message = `The query has ${measures[name]} ${words}; ${most[name]} are the most. ${advice}`;
        return new ApiError("QUERY_TOO_COMPLEX", message, { [name]: measures[name], maximum: most[name] });
      }),
  );
}

import type { Topic, ValuesOf } from "./variable.ts";
import { ConfigError, list, onOrOff, text, wholeNumber } from "./variable.ts";

/** Which GraphQL features are enabled, and for whom. */
export type GraphqlConfig = {
  /** Whether introspection is allowed. */
  readonly introspection: boolean;
  /** Whether GraphiQL is served to browsers. */
  readonly graphiql: boolean;
  /** Origins whose pages may read responses, as in the `Origin` header; `*` allows all. */
  readonly corsOrigins: readonly string[] | "*";
  /** Whether browsers may send credentials such as cookies. Requires a list of origins. */
  readonly corsCredentials: boolean;
  /** A JSON file of trusted documents, which clients request by their SHA-256. */
  readonly documentsPath: string | undefined;
  /** Whether all other documents are rejected. */
  readonly onlyDocuments: boolean;
  /** Size of the response cache, in characters; 0 disables it. */
  readonly responseCacheSize: number;
  /** Size of the row cache, in characters; 0 disables it. */
  readonly rowCacheSize: number;
};

const characters = wholeNumber(0, 2 ** 32);

export const graphql = {
  title: "GraphQL over HTTP",
  variables: {
    introspection: {
      name: "PITH_GRAPH_INTROSPECTION",
      usual: "on",
      meaning: "Whether the schema may be asked for: `on` or `off`.",
      read: onOrOff,
    },
    graphiql: {
      name: "PITH_GRAPH_GRAPHIQL",
      usual: "on",
      meaning: "Whether browsers are shown GraphiQL: `on` or `off`.",
      read: onOrOff,
    },
    corsOrigins: {
      name: "PITH_GRAPH_CORS_ORIGINS",
      usual: "*",
      meaning: "Origins whose pages may read answers, separated by commas; `*` is all.",
      read: origins,
    },
    corsCredentials: {
      name: "PITH_GRAPH_CORS_CREDENTIALS",
      usual: "off",
      meaning: "Whether browsers may send cookies and the like along; only with origins that are named.",
      read: onOrOff,
    },
    documentsPath: {
      name: "PITH_GRAPH_DOCUMENTS",
      meaning: "A JSON file of documents that are run by their SHA-256.",
      read: text,
    },
    onlyDocuments: {
      name: "PITH_GRAPH_ONLY_DOCUMENTS",
      usual: "off",
      meaning: "Whether no other documents are run, but for the explorer's own: `on` or `off`.",
      read: onOrOff,
    },
    responseCacheSize: {
      name: "PITH_GRAPH_RESPONSE_CACHE",
      usual: "32000000",
      meaning: "Characters of answers that are kept in memory; `0` keeps none.",
      read: characters,
    },
    rowCacheSize: {
      name: "PITH_GRAPH_ROW_CACHE",
      usual: "64000000",
      meaning:
        "Characters of rows that are kept in memory, from request to request while nothing is written; `0` keeps none.",
      read: characters,
    },
  },
} as const satisfies Topic;

/** Throws ConfigError if a setting requires another that is not set. */
export function graphqlConfig(values: ValuesOf<typeof graphql>): GraphqlConfig {
  const { corsOrigins, corsCredentials, onlyDocuments, documentsPath } = values;
  if (corsCredentials && corsOrigins === "*") {
    throw new ConfigError(
      "PITH_GRAPH_CORS_CREDENTIALS=on needs PITH_GRAPH_CORS_ORIGINS to name the origins.",
    );
  }
  if (onlyDocuments && documentsPath === undefined) {
    throw new ConfigError(
      "PITH_GRAPH_ONLY_DOCUMENTS=on needs PITH_GRAPH_DOCUMENTS to name a file of documents.",
    );
  }
  return values;
}

function origins(given: string, name: string): readonly string[] | "*" {
  if (given === "*") return "*";
  return list(given, name).map((origin) => {
    if (URL.canParse(origin) && new URL(origin).origin === origin) return origin;
    throw new ConfigError(
      `${name} must be * or a list of origins like https://example.org, not ${JSON.stringify(origin)}.`,
    );
  });
}

import type { Topic, ValuesOf } from "./variable.ts";
import { ConfigError, list, onOrOff, text, wholeNumber } from "./variable.ts";

/** What of GraphQL is open, and to whom. */
export type GraphqlConfig = {
  /** Whether the schema may be asked for. */
  readonly introspection: boolean;
  /** Whether browsers are shown GraphiQL. */
  readonly graphiql: boolean;
  /** Origins whose pages may read answers: as browsers write them, or all. */
  readonly corsOrigins: readonly string[] | "*";
  /** Whether browsers may send cookies and the like along; only with origins that are named. */
  readonly corsCredentials: boolean;
  /** A JSON file of documents that are run by their SHA-256. */
  readonly documentsPath: string | undefined;
  /** Whether no other documents are run. */
  readonly onlyDocuments: boolean;
  /** Characters of answers that are kept in memory; 0 for none. */
  readonly responseCacheSize: number;
  /** Of rows that are kept in memory, in characters. */
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

/** Throws ConfigError where one setting needs another. */
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

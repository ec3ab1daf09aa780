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
      default: "on",
      description: "Whether introspection is allowed: `on` or `off`.",
      read: onOrOff,
    },
    graphiql: {
      name: "PITH_GRAPH_GRAPHIQL",
      default: "on",
      description: "Whether GraphiQL is served to browsers: `on` or `off`.",
      read: onOrOff,
    },
    corsOrigins: {
      name: "PITH_GRAPH_CORS_ORIGINS",
      default: "*",
      description: "Comma-separated origins whose pages may read responses; `*` allows all.",
      read: origins,
    },
    corsCredentials: {
      name: "PITH_GRAPH_CORS_CREDENTIALS",
      default: "off",
      description:
        "Whether browsers may send credentials such as cookies: `on` or `off`. `on` needs a list of origins.",
      read: onOrOff,
    },
    documentsPath: {
      name: "PITH_GRAPH_DOCUMENTS",
      description: "JSON file of trusted documents, which clients request by their SHA-256.",
      read: text,
    },
    onlyDocuments: {
      name: "PITH_GRAPH_ONLY_DOCUMENTS",
      default: "off",
      description: "Whether all other documents are rejected, except the explorer's own: `on` or `off`.",
      read: onOrOff,
    },
    responseCacheSize: {
      name: "PITH_GRAPH_RESPONSE_CACHE",
      default: "32000000",
      description: "Size of the response cache, in characters. `0` disables it.",
      read: characters,
    },
    rowCacheSize: {
      name: "PITH_GRAPH_ROW_CACHE",
      default: "64000000",
      description: "Size of the row cache, in characters. A write empties it. `0` disables it.",
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

import { resolve } from "node:path";
import { defaultQueryLimits, type QueryLimits } from "./api/limits/query-limits.ts";
import { isProof, type Proof } from "./protocol/index.ts";

/** What the environment settles. Secrets and trust come from here, never from documents. */
export type Config = {
  /** A PostgreSQL address; undefined means the embedded server. */
  readonly databaseUrl: string | undefined;
  /** Where the embedded server keeps its data. */
  readonly dataDirectory: string;
  /** A JSON file of keys that are trusted besides the registry's own. */
  readonly keyringPath: string | undefined;
  readonly host: string;
  readonly port: number;
  /** Larger documents are refused with TOO_LARGE. */
  readonly maximumDocumentBytes: number;
  /** The address that other mirrors reach this one by; undefined takes it from each request. */
  readonly baseUrl: string | undefined;
  /** Hosts, each with or without a port, that `sync` may reach by http and on private addresses. */
  readonly allowedHosts: readonly string[];
  /** Where the edges are that questions about citations are answered from. */
  readonly graphAdjacency: "memory" | "sql";
  readonly submissions: SubmissionSettings;
  readonly exports: ExportSettings;
  /** What one query may ask. */
  readonly limits: QueryLimits;
  /** Bytes of a request's body to `/graphql`. */
  readonly maximumQueryBytes: number;
  /** Requests of one address to `/graphql`; 0 sets no limit. */
  readonly requestsPerMinute: number;
  /** How many proxies of one's own stand before the server. */
  readonly trustedProxies: number;
  readonly graphql: GraphqlConfig;
};

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

/** A bearer token that may submit documents. Only its hash is known here. */
export type SubmitToken = {
  /** For people; the first 16 hex digits of the hash where none is given. */
  readonly name: string;
  /** Of the token's UTF-8 bytes; 32 bytes. */
  readonly sha256: Buffer;
};

/** Who may submit documents, and how much. The limits hold for each token, unless they say otherwise. */
export type SubmissionSettings = {
  /** None: nobody may. */
  readonly tokens: readonly SubmitToken[];
  /** The least proof of an event that is let in. */
  readonly minimumProof: Proof;
  /** Larger documents are refused with TOO_LARGE. */
  readonly maximumDocumentBytes: number;
  /** Of one request's body, unpacked. */
  readonly maximumRequestBytes: number;
  readonly documentsPerMinute: number;
  readonly bytesPerMinute: number;
  /** What may wait in the queue, of all tokens together. */
  readonly maximumQueuedDocuments: number;
  readonly maximumQueuedBytes: number;
};

/** Who may export over HTTP: everybody, or who has one of the tokens. */
export type ExportSettings = { readonly isPublic: boolean; readonly tokens: readonly SubmitToken[] };

/** A setting that cannot be used; the message names it and says what it should be. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads and checks the configuration. Throws ConfigError. */
export function readConfig(environment: Environment = process.env): Config {
  const text = (name: string) => environment[name]?.trim() || undefined;
  const maximumDocumentBytes = integer(
    "PITH_GRAPH_MAX_DOCUMENT_BYTES",
    text("PITH_GRAPH_MAX_DOCUMENT_BYTES") ?? "67108864",
    1,
    2 ** 29,
  );
  return {
    databaseUrl: databaseUrl(text("DATABASE_URL")),
    dataDirectory: resolve(text("PITH_GRAPH_DATA") ?? ".pith-graph"),
    keyringPath: text("PITH_GRAPH_KEYRING"),
    host: text("HOST") ?? "127.0.0.1",
    port: integer("PORT", text("PORT") ?? "4000", 0, 65_535),
    maximumDocumentBytes,
    baseUrl: baseUrl(text("PITH_GRAPH_BASE_URL")),
    allowedHosts: (text("PITH_GRAPH_ALLOW_HOSTS") ?? "").split(/[\s,]+/).filter((host) => host !== ""),
    graphAdjacency: graphAdjacency(text("PITH_GRAPH_ADJACENCY") ?? "memory"),
    submissions: submissionSettings(text, maximumDocumentBytes),
    exports: exportSettings(text),
    limits: queryLimits(text),
    maximumQueryBytes: integer(
      "PITH_GRAPH_QUERY_BYTES",
      text("PITH_GRAPH_QUERY_BYTES") ?? "1000000",
      1,
      2 ** 28,
    ),
    requestsPerMinute: integer(
      "PITH_GRAPH_REQUESTS_PER_MINUTE",
      text("PITH_GRAPH_REQUESTS_PER_MINUTE") ?? "6000",
      0,
      2 ** 31 - 1,
    ),
    trustedProxies: integer("PITH_GRAPH_TRUST_PROXY", text("PITH_GRAPH_TRUST_PROXY") ?? "0", 0, 10),
    graphql: graphqlConfig(text),
  };
}

function queryLimits(text: (name: string) => string | undefined): QueryLimits {
  const limit = (name: string, otherwise: number, most: number) =>
    integer(name, text(name) ?? String(otherwise), 1, most);
  return {
    tokens: limit("PITH_GRAPH_QUERY_TOKENS", defaultQueryLimits.tokens, 1_000_000),
    depth: limit("PITH_GRAPH_QUERY_DEPTH", defaultQueryLimits.depth, 100),
    aliases: limit("PITH_GRAPH_QUERY_ALIASES", defaultQueryLimits.aliases, 1_000_000),
    directives: limit("PITH_GRAPH_QUERY_DIRECTIVES", defaultQueryLimits.directives, 1_000_000),
    cost: limit("PITH_GRAPH_QUERY_COST", defaultQueryLimits.cost, 2 ** 40),
    milliseconds: limit("PITH_GRAPH_QUERY_MILLISECONDS", defaultQueryLimits.milliseconds, 600_000),
  };
}

function graphqlConfig(text: (name: string) => string | undefined): GraphqlConfig {
  const corsOrigins = origins("PITH_GRAPH_CORS_ORIGINS", text("PITH_GRAPH_CORS_ORIGINS") ?? "*");
  const corsCredentials = isOn("PITH_GRAPH_CORS_CREDENTIALS", text("PITH_GRAPH_CORS_CREDENTIALS") ?? "off");
  if (corsCredentials && corsOrigins === "*") {
    throw new ConfigError(
      "PITH_GRAPH_CORS_CREDENTIALS=on needs PITH_GRAPH_CORS_ORIGINS to name the origins.",
    );
  }
  const documentsPath = text("PITH_GRAPH_DOCUMENTS");
  const onlyDocuments = isOn("PITH_GRAPH_ONLY_DOCUMENTS", text("PITH_GRAPH_ONLY_DOCUMENTS") ?? "off");
  if (onlyDocuments && documentsPath === undefined) {
    throw new ConfigError(
      "PITH_GRAPH_ONLY_DOCUMENTS=on needs PITH_GRAPH_DOCUMENTS to name a file of documents.",
    );
  }
  const characters = (name: string, usual: string) => integer(name, text(name) ?? usual, 0, 2 ** 32);
  return {
    introspection: isOn("PITH_GRAPH_INTROSPECTION", text("PITH_GRAPH_INTROSPECTION") ?? "on"),
    graphiql: isOn("PITH_GRAPH_GRAPHIQL", text("PITH_GRAPH_GRAPHIQL") ?? "on"),
    corsOrigins,
    corsCredentials,
    documentsPath,
    onlyDocuments,
    responseCacheSize: characters("PITH_GRAPH_RESPONSE_CACHE", "32000000"),
    rowCacheSize: characters("PITH_GRAPH_ROW_CACHE", "64000000"),
  };
}

function isOn(name: string, text: string): boolean {
  if (text === "on" || text === "off") return text === "on";
  throw new ConfigError(`${name} must be on or off, not ${JSON.stringify(text)}.`);
}

function origins(name: string, text: string): readonly string[] | "*" {
  if (text === "*") return "*";
  return text
    .split(/[\s,]+/)
    .filter((origin) => origin !== "")
    .map((origin) => {
      if (URL.canParse(origin) && new URL(origin).origin === origin) return origin;
      throw new ConfigError(
        `${name} must be * or a list of origins like https://example.org, not ${JSON.stringify(origin)}.`,
      );
    });
}

function submissionSettings(
  text: (name: string) => string | undefined,
  largestDocument: number,
): SubmissionSettings {
  const number = (name: string, otherwise: number) =>
    integer(name, text(name) ?? String(otherwise), 1, 2 ** 40);
  return {
    tokens: readTokens("PITH_GRAPH_TOKENS", text("PITH_GRAPH_TOKENS") ?? ""),
    minimumProof: readMinimumProof(text("PITH_GRAPH_SUBMISSION_PROOF") ?? "signed"),
    maximumDocumentBytes: Math.min(
      largestDocument,
      integer("PITH_GRAPH_SUBMISSION_BYTES", text("PITH_GRAPH_SUBMISSION_BYTES") ?? "8388608", 1, 2 ** 28),
    ),
    maximumRequestBytes: number("PITH_GRAPH_REQUEST_BYTES", 2 ** 26),
    documentsPerMinute: number("PITH_GRAPH_DOCUMENTS_PER_MINUTE", 6_000),
    bytesPerMinute: number("PITH_GRAPH_BYTES_PER_MINUTE", 2 ** 28),
    maximumQueuedDocuments: number("PITH_GRAPH_QUEUE_DOCUMENTS", 100_000),
    maximumQueuedBytes: number("PITH_GRAPH_QUEUE_BYTES", 2 ** 32),
  };
}

function exportSettings(text: (name: string) => string | undefined): ExportSettings {
  const who = text("PITH_GRAPH_EXPORT") ?? "token";
  if (who !== "token" && who !== "public") {
    throw new ConfigError(`PITH_GRAPH_EXPORT must be token or public, not ${JSON.stringify(who)}.`);
  }
  const tokens = readTokens("PITH_GRAPH_EXPORT_TOKENS", text("PITH_GRAPH_EXPORT_TOKENS") ?? "");
  return { isPublic: who === "public", tokens };
}

/** Reads `name:sha256, sha256, …`. What is wrong is not repeated: it may be a token itself. */
function readTokens(variable: string, text: string): SubmitToken[] {
  const entries = text.split(/[\s,]+/).filter((entry) => entry !== "");
  return entries.map((entry, index) => {
    const [, name, hex = ""] = /^(?:([^:]+):)?([0-9a-f]{64})$/i.exec(entry) ?? [];
    if (hex === "") {
      throw new ConfigError(
        `${variable} takes SHA-256 hashes of tokens, each as 64 hex digits or name:digits, separated by commas; ` +
          `entry ${index + 1} is none. \`pith-graph token\` makes a token and its hash.`,
      );
    }
    return { name: name ?? hex.slice(0, 16).toLowerCase(), sha256: Buffer.from(hex, "hex") };
  });
}

function baseUrl(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.search === "" && url.hash === "") {
    return url.href.replace(/\/+$/, "");
  }
  throw new ConfigError(
    `PITH_GRAPH_BASE_URL must be an address like https://mirror.example.org, not ${JSON.stringify(text)}.`,
  );
}

function graphAdjacency(text: string): Config["graphAdjacency"] {
  if (text === "memory" || text === "sql") return text;
  throw new ConfigError(`PITH_GRAPH_ADJACENCY must be memory or sql, not ${JSON.stringify(text)}.`);
}

function databaseUrl(url: string | undefined): string | undefined {
  if (url === undefined || /^postgres(?:ql)?:\/\//.test(url)) return url;
  // The value may hold a password: it is not repeated.
  throw new ConfigError("DATABASE_URL must begin with postgres:// or postgresql://.");
}

function integer(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new ConfigError(
    `${name} must be a whole number from ${least} to ${most}, not ${JSON.stringify(text)}.`,
  );
}

/** Reads the least proof that a source lets in, as a person writes it. Throws ConfigError. */
export function readMinimumProof(text: string): Proof {
  if (isProof(text)) return text;
  throw new ConfigError(`The minimum proof is hash, receipt or signed, not ${JSON.stringify(text)}.`);
}

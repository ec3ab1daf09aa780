import type { Topic } from "./variable.ts";
import { ConfigError, wholeNumber } from "./variable.ts";

/** What one request may cost, and how long it may take. Each limit can be configured: docs/configuration.md. */
export type QueryLimits = {
  /** Lexical tokens of a query. */
  readonly tokens: number;
  /** Nesting depth of fields. */
  readonly depth: number;
  /** Aliased fields. Those of a fragment count each time that it is spread. */
  readonly aliases: number;
  /** Directives. Those of a fragment count each time that it is spread. */
  readonly directives: number;
  /** Maximum cost of the response (api/limits): about the number of fields that it may contain. */
  readonly cost: number;
  /** Maximum duration of a query. */
  readonly milliseconds: number;
  /** Bytes of all texts in a response, counted as they are read. */
  readonly answerBytes: number;
};

/**
 * The longest introspection query in use has 15 levels and about 300 tokens. A hundred papers with ten references each,
 * and a title for each reference, cost about 4,000.
 */
export const defaultQueryLimits: QueryLimits = {
  tokens: 5_000,
  depth: 20,
  aliases: 200,
  directives: 100,
  cost: 200_000,
  milliseconds: 10_000,
  answerBytes: 16_000_000,
};

/** Bytes of unread responses on all connections together. */
export const defaultUnreadBytes = 256 * 1024 * 1024;

/** The share of one connection in the total of unread bytes: a quarter. */
export function unreadBytesOfConnection(totalBytes: number): number {
  return Math.ceil(totalBytes / 4);
}

/** Limits of one query. */
export const queryLimits = {
  title: "Limits of queries",
  variables: {
    tokens: {
      name: "PITH_GRAPH_QUERY_TOKENS",
      default: String(defaultQueryLimits.tokens),
      description: "Maximum lexical tokens of a query.",
      read: wholeNumber(1, 1_000_000),
    },
    depth: {
      name: "PITH_GRAPH_QUERY_DEPTH",
      default: String(defaultQueryLimits.depth),
      description:
        "Maximum nesting depth of fields, up to 100. The deepest introspection query in use has 15 levels.",
      read: wholeNumber(1, 100),
    },
    aliases: {
      name: "PITH_GRAPH_QUERY_ALIASES",
      default: String(defaultQueryLimits.aliases),
      description: "Maximum aliased fields. Those of a fragment count each time it is spread.",
      read: wholeNumber(1, 1_000_000),
    },
    directives: {
      name: "PITH_GRAPH_QUERY_DIRECTIVES",
      default: String(defaultQueryLimits.directives),
      description: "Maximum directives. Those of a fragment count each time it is spread.",
      read: wholeNumber(1, 1_000_000),
    },
    cost: {
      name: "PITH_GRAPH_QUERY_COST",
      default: String(defaultQueryLimits.cost),
      description: "Maximum cost of a query: see below.",
      read: wholeNumber(1, 2 ** 40),
    },
    milliseconds: {
      name: "PITH_GRAPH_QUERY_MILLISECONDS",
      default: String(defaultQueryLimits.milliseconds),
      description:
        "Time limit of a query, in milliseconds. After it, the response is 503 with `TIMEOUT`, and its work in PostgreSQL and in the graph is cancelled; mutations are finished. The limit also applies to the feed, to documents for mirrors, to the status of a submission, and to waiting for a database connection.",
      read: wholeNumber(1, 600_000),
    },
    answerBytes: {
      name: "PITH_GRAPH_ANSWER_BYTES",
      default: String(defaultQueryLimits.answerBytes),
      description:
        "Maximum bytes of the texts in one response (payloads, state documents, claims, titles), counted as they are read. A query that exceeds it fails with `QUERY_TOO_COMPLEX`. A large response needs several times as much memory. At most an eighth of `PITH_GRAPH_UNREAD_BYTES`.",
      read: wholeNumber(1, 2 ** 28),
    },
  },
} as const satisfies Topic;

/** Limits of one client address. */
export const requestLimits = {
  title: "Limits of requests",
  variables: {
    maximumQueryBytes: {
      name: "PITH_GRAPH_QUERY_BYTES",
      default: "1000000",
      description:
        "Maximum size of a request's body to `/graphql`, in bytes; larger requests get status 413.",
      read: wholeNumber(1, 2 ** 28),
    },
    requestsPerMinute: {
      name: "PITH_GRAPH_REQUESTS_PER_MINUTE",
      default: "6000",
      description:
        "Maximum requests per minute from one address; a burst may have as many. Further requests get status 429, `RATE_LIMITED` and `Retry-After`. `0` disables the limit. It does not apply to `/health` and `/ready`, nor to requests from this machine. An IPv6 network (/64) counts as one address. Each process counts separately.",
      read: wholeNumber(0, 2 ** 31 - 1),
    },
    unreadBytes: {
      name: "PITH_GRAPH_UNREAD_BYTES",
      default: String(defaultUnreadBytes),
      description:
        "Maximum bytes of responses in memory that clients have not read yet; one connection may use a quarter. Above it, connections are closed, starting with the one whose client has not read for the longest time. A connection on which less than 64 KiB is read in a minute is closed, too.",
      read: wholeNumber(2 ** 20, 2 ** 40),
    },
    /** How many of the operator's own proxies are in front of the server. */
    trustedProxies: {
      name: "PITH_GRAPH_TRUST_PROXY",
      default: "0",
      description:
        "Number of your own proxies in front of the server, each appending to `X-Forwarded-For`. Limits per address (requests, streams, waits) then apply to the client, not to the proxy. With `0` the header is ignored: clients behind a proxy on this machine count as this machine.",
      read: wholeNumber(0, 10),
    },
  },
} as const satisfies Topic;

/** Estimated growth from the texts of a response to its JSON: field names and escapes add to it. */
const answerGrowth = 2;

/**
 * A response is buffered on its connection before the client has read any of it. The largest possible response must fit
 * in that buffer: otherwise the connection would be closed however fast its client reads.
 *
 * @throws ConfigError if the two limits contradict each other.
 */
export function checkAnswerFits(answerBytes: number, unreadBytes: number): void {
  if (answerBytes * answerGrowth <= unreadBytesOfConnection(unreadBytes)) return;
  const { answerBytes: answer } = queryLimits.variables;
  const { unreadBytes: unread } = requestLimits.variables;
  throw new ConfigError(
    `${answer.name} (${answerBytes}) must be at most an eighth of ${unread.name} (${unreadBytes}): otherwise the ` +
      "connection of a large response would be closed before its client reads it.",
  );
}

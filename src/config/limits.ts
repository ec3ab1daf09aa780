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
      usual: String(defaultQueryLimits.tokens),
      meaning: "Words, names and marks of a query's text.",
      read: wholeNumber(1, 1_000_000),
    },
    depth: {
      name: "PITH_GRAPH_QUERY_DEPTH",
      usual: String(defaultQueryLimits.depth),
      meaning: "Fields inside each other, 100 at most. The longest introspection query in use has 15.",
      read: wholeNumber(1, 100),
    },
    aliases: {
      name: "PITH_GRAPH_QUERY_ALIASES",
      usual: String(defaultQueryLimits.aliases),
      meaning: "Aliased fields, those of fragments counted wherever they are used.",
      read: wholeNumber(1, 1_000_000),
    },
    directives: {
      name: "PITH_GRAPH_QUERY_DIRECTIVES",
      usual: String(defaultQueryLimits.directives),
      meaning: "Directives, those of fragments counted wherever they are used.",
      read: wholeNumber(1, 1_000_000),
    },
    cost: {
      name: "PITH_GRAPH_QUERY_COST",
      usual: String(defaultQueryLimits.cost),
      meaning: "What the answer may cost: see below.",
      read: wholeNumber(1, 2 ** 40),
    },
    milliseconds: {
      name: "PITH_GRAPH_QUERY_MILLISECONDS",
      usual: String(defaultQueryLimits.milliseconds),
      meaning:
        "How long a query may take. Then it is answered with 503 and `TIMEOUT`, and what still runs for it in PostgreSQL and in the graph is ended. Mutations are let finish. The feed, the documents of mirrors and what became of a submission may be read for as long. As long, and no longer, is waited for a connection to PostgreSQL.",
      read: wholeNumber(1, 600_000),
    },
    answerBytes: {
      name: "PITH_GRAPH_ANSWER_BYTES",
      usual: String(defaultQueryLimits.answerBytes),
      meaning:
        "Bytes of the texts in one answer, counted as they are read: payloads, state documents, claims, titles. A query that needs more ends with `QUERY_TOO_COMPLEX`. The process needs several times as much memory for each large answer. An eighth of `PITH_GRAPH_UNREAD_BYTES` at most.",
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
      usual: "1000000",
      meaning: "Bytes of a request's body to `/graphql`; more is answered with 413.",
      read: wholeNumber(1, 2 ** 28),
    },
    requestsPerMinute: {
      name: "PITH_GRAPH_REQUESTS_PER_MINUTE",
      usual: "6000",
      meaning:
        "Requests from one address, to any route but `/health` and `/ready`; as many may come at once. More are answered with 429, `RATE_LIMITED` and `Retry-After`. `0` sets no limit. Requests from this machine itself are not limited. An IPv6 network (/64) counts as one address. The count is each process's own.",
      read: wholeNumber(0, 2 ** 31 - 1),
    },
    unreadBytes: {
      name: "PITH_GRAPH_UNREAD_BYTES",
      usual: String(defaultUnreadBytes),
      meaning:
        "Bytes of answers that all clients together may leave unread in memory; one connection may have a quarter of them. Beyond, connections are ended: first those that have gone longest without reading. So is one on which less than 64 KiB is read in a minute.",
      read: wholeNumber(2 ** 20, 2 ** 40),
    },
    /** How many of the operator's own proxies are in front of the server. */
    trustedProxies: {
      name: "PITH_GRAPH_TRUST_PROXY",
      usual: "0",
      meaning:
        "How many proxies of your own stand in front of the server, each appending to `X-Forwarded-For`. Every limit for one address (requests, streams, waits) then counts the client, not the proxy. With `0` the header is ignored: clients behind a proxy on this machine count as the machine itself.",
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
    `${answer.name} is ${answerBytes}, and ${unread.name} is ${unreadBytes}: an answer may have an eighth of what ` +
      "clients may leave unread, or its connection would be ended before it is read.",
  );
}

import { isIPv6 } from "node:net";
import { resolve } from "node:path";
import {
  ConfigError,
  databaseUrl,
  databaseUrls,
  oneOf,
  type Topic,
  text,
  wholeNumber,
  withoutPassword,
} from "./variable.ts";

/** Where the service listens, and where its data is stored. */
export const service = {
  title: "Service and data",
  variables: {
    host: {
      name: "HOST",
      usual: "127.0.0.1",
      option: "--host",
      meaning: "The address to listen on. `0.0.0.0` is every address of the machine.",
      read: text,
    },
    port: {
      name: "PORT",
      usual: "4000",
      option: "--port",
      meaning: "The port. `0` takes a free one.",
      read: wholeNumber(0, 65_535),
    },
    /** The embedded server is used if undefined. */
    databaseUrl: {
      name: "DATABASE_URL",
      meaning:
        "The address of a PostgreSQL server, version 17 or newer: `postgres://…`. Without it the [embedded server](embedded-postgresql.md) runs.",
      read: databaseUrl,
      mask: withoutPassword,
    },
    /** Standbys that queries are answered from. */
    replicaUrls: {
      name: "DATABASE_REPLICA_URLS",
      meaning:
        "PostgreSQL addresses of streaming replicas of that database, separated by commas: queries are answered from them ([scaling.md](scaling.md)).",
      read: databaseUrls,
      mask: (given: string) => databaseUrls(given, "DATABASE_REPLICA_URLS").map(withoutPassword).join(", "),
    },
    replicaSeconds: {
      name: "PITH_GRAPH_REPLICA_SECONDS",
      usual: "10",
      meaning: "A replica that is behind by more is left out until it has caught up.",
      read: wholeNumber(1, 3_600),
    },
    /** An absolute path. */
    dataDirectory: {
      name: "PITH_GRAPH_DATA",
      usual: ".pith-graph",
      meaning: "The folder in which the embedded server keeps its data.",
      read: (given: string) => resolve(given),
    },
    graphAdjacency: {
      name: "PITH_GRAPH_ADJACENCY",
      usual: "memory",
      meaning:
        "Where questions about citations are answered: `memory`, or `sql` where the edges are more than memory holds. Without memory there is no PageRank ([graph.md](graph.md)).",
      read: oneOf("memory", "sql"),
    },
  },
} as const satisfies Topic;

/** The address of an additional listener. */
export type ListenAddress = { readonly host: string; readonly port: number };

/** How the service is monitored and stopped: docs/operations.md. */
export const operations = {
  title: "Operations",
  variables: {
    logLevel: {
      name: "PITH_GRAPH_LOG_LEVEL",
      usual: "info",
      meaning:
        "The least that is logged: `debug` (with a line for each request), `info`, `warn`, `error` or `silent`.",
      read: oneOf("debug", "info", "warn", "error", "silent"),
    },
    logFormat: {
      name: "PITH_GRAPH_LOG_FORMAT",
      option: "--json",
      usual: "text",
      meaning: "How: `text` for people, or `json`, an object a line. The container image sets `json`.",
      read: oneOf("text", "json"),
    },
    /** Metrics are off if undefined. */
    metrics: {
      name: "PITH_GRAPH_METRICS",
      meaning:
        "Where `/metrics` is served, apart from everything else: a port of 127.0.0.1 (`9464`), or an address and a port (`0.0.0.0:9464`). Not served where it is not set.",
      read: listenAddress,
    },
    drainSeconds: {
      name: "PITH_GRAPH_DRAIN_SECONDS",
      usual: "0",
      meaning:
        "How long the service still takes connections after it was asked to stop, while `/ready` answers 503: as long as what stands before it needs to notice.",
      read: wholeNumber(0, 600),
    },
    stopSeconds: {
      name: "PITH_GRAPH_STOP_SECONDS",
      usual: "10",
      meaning:
        "How long requests under way may take once no more are taken; then they are ended. The worker has as long for its batch after them.",
      read: wholeNumber(1, 3_600),
    },
  },
} as const satisfies Topic;

function listenAddress(given: string, name: string): ListenAddress {
  const [, bracketed, plain, digits = ""] = /^(?:\[([^\]]+)\]:|([^:[\]]+):)?(\d{1,5})$/.exec(given) ?? [];
  const port = Number(digits);
  const isHost = bracketed === undefined || isIPv6(bracketed);
  if (digits !== "" && port <= 65_535 && isHost) return { host: bracketed ?? plain ?? "127.0.0.1", port };
  throw new ConfigError(
    `${name} must be a port like 9464, or an address and a port like 0.0.0.0:9464, not ${JSON.stringify(given)}.`,
  );
}

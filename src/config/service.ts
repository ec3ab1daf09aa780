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
      default: "127.0.0.1",
      option: "--host",
      description: "Address to listen on. `0.0.0.0` is every address of the machine.",
      read: text,
    },
    port: {
      name: "PORT",
      default: "4000",
      option: "--port",
      description: "Port to listen on. `0` chooses a free one.",
      read: wholeNumber(0, 65_535),
    },
    /** The embedded server is used if undefined. */
    databaseUrl: {
      name: "DATABASE_URL",
      description:
        "Address of a PostgreSQL server, version 17 or newer: `postgres://…`. Without it, the [embedded server](embedded-postgresql.md) runs.",
      read: databaseUrl,
      mask: withoutPassword,
    },
    /** Standbys that queries are answered from. */
    replicaUrls: {
      name: "DATABASE_REPLICA_URLS",
      description:
        "Comma-separated addresses of streaming replicas of that database, which answer queries ([scaling.md](scaling.md)).",
      read: databaseUrls,
      mask: (given: string) => databaseUrls(given, "DATABASE_REPLICA_URLS").map(withoutPassword).join(", "),
    },
    replicaSeconds: {
      name: "PITH_GRAPH_REPLICA_SECONDS",
      default: "10",
      description:
        "Maximum lag of a replica, in seconds. A replica with more lag is not used until it has caught up.",
      read: wholeNumber(1, 3_600),
    },
    /** An absolute path. */
    dataDirectory: {
      name: "PITH_GRAPH_DATA",
      default: ".pith-graph",
      description: "Data folder of the embedded server.",
      read: (given: string) => resolve(given),
    },
    graphAdjacency: {
      name: "PITH_GRAPH_ADJACENCY",
      default: "memory",
      description:
        "Where graph queries run: in `memory`, or in `sql` if the edges don't fit into memory. PageRank needs `memory` ([graph.md](graph.md)).",
      read: oneOf("memory", "sql"),
    },
    graphWorkCacheMegabytes: {
      name: "PITH_GRAPH_WORK_CACHE",
      default: "512",
      description:
        "Megabytes for what most answers show of works, beside the graph in memory; works cited most come first. `0` disables it ([graph.md](graph.md)).",
      read: wholeNumber(0, 30_000),
    },
  },
} as const satisfies Topic;

/** The address of an additional listener. */
export type ListenAddress = { readonly host: string; readonly port: number };

/** How the service is monitored and stopped: docs/operations.md. */
export const operationVariables = {
  title: "Operations",
  variables: {
    logLevel: {
      name: "PITH_GRAPH_LOG_LEVEL",
      default: "info",
      description:
        "Minimum level of logged messages: `debug` (with a line for each request), `info`, `warn`, `error` or `silent`.",
      read: oneOf("debug", "info", "warn", "error", "silent"),
    },
    logFormat: {
      name: "PITH_GRAPH_LOG_FORMAT",
      option: "--json",
      default: "text",
      description:
        "Format of the log: `text`, or `json` for one object per line. The container image sets `json`.",
      read: oneOf("text", "json"),
    },
    /** Metrics are off if undefined. */
    metrics: {
      name: "PITH_GRAPH_METRICS",
      description:
        "Listener for `/metrics`: a port of 127.0.0.1 (`9464`), or an address and port (`0.0.0.0:9464`). Without it, there are no metrics.",
      read: listenAddress,
    },
    drainSeconds: {
      name: "PITH_GRAPH_DRAIN_SECONDS",
      default: "0",
      description:
        "Seconds for which a stopping service still accepts connections while `/ready` returns 503: as long as your load balancer needs to notice.",
      read: wholeNumber(0, 600),
    },
    stopSeconds: {
      name: "PITH_GRAPH_STOP_SECONDS",
      default: "10",
      description:
        "Seconds for running requests once no more are accepted; then they are cancelled. The worker then gets the same time for its batch.",
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

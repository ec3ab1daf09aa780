import { resolve } from "node:path";
import { databaseUrl, databaseUrls, oneOf, text, wholeNumber, withoutPassword } from "./values.ts";
import type { Topic } from "./variable.ts";

/** Where the service listens, and where its data is. */
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
    /** Undefined means the embedded server. */
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

import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import pg from "pg";
import { statements } from "../runtime/index.ts";
import { makeCancellable } from "./cancellation.ts";
import { connectionLimits, shareConnections } from "./connection-shares.ts";
import { defaultGuard, type Guard, guardedClients } from "./guarded-client.ts";
import * as tables from "./tables/index.ts";

/** Runs Drizzle queries: the pool, or a transaction on one of its connections. */
export type Queries = Pick<
  NodePgDatabase<typeof tables>,
  "select" | "selectDistinct" | "selectDistinctOn" | "execute" | "$count"
>;

export type Database = {
  /** The connection settings, with which another thread can open its own pool. */
  readonly connection: DatabaseOptions["connection"];
  /** Where the data is, for messages: a folder, or user, host and name of a database, without a password. */
  readonly place: string;
  readonly pool: pg.Pool;
  readonly db: NodePgDatabase<typeof tables>;
  /** Closes the pool once its queries are done. */
  close(): Promise<void>;
};

export type DatabaseOptions = {
  /** A connection string, or node-postgres settings for the embedded server's socket. */
  connection: string | pg.PoolConfig;
  /** The data folder, if this is the embedded server. */
  dataDirectory?: string;
  /** Maximum number of connections. Defaults to 10. */
  maxConnections?: number;
  /** A schema whose tables take precedence over those of `public`. */
  schema?: string;
  /** Time limit for getting a connection, in milliseconds. No limit by default. */
  connectionMilliseconds?: number;
  /** Time limit of a statement on the server, in milliseconds. No limit by default. */
  statementMilliseconds?: number;
  /** When a connection counts as dead. Defaults to `defaultGuard`. */
  guard?: Guard;
};

/** Opens a pool of connections. They connect lazily: an unreachable address fails with the first query. */
export function openDatabase(options: DatabaseOptions): Database {
  const {
    connection,
    dataDirectory,
    maxConnections = 10,
    schema,
    statementMilliseconds,
    connectionMilliseconds = 0,
    guard = defaultGuard,
  } = options;
  const settings = [
    // Times are read as UTC (tables/columns.ts), so every session uses UTC.
    "timezone=UTC",
    // The similarity threshold of search can only be set for a session; without pg_trgm it has no effect.
    "pg_trgm.word_similarity_threshold=0.45",
    ...(schema === undefined ? [] : [`search_path=${schema},public`]),
    ...(statementMilliseconds === undefined ? [] : [`statement_timeout=${statementMilliseconds}`]),
    // How soon the server notices that the client of a statement has disconnected.
    "client_connection_check_interval=500",
    // How soon the server notices that a client's machine is gone, and frees its locks. No effect on a Unix socket.
    "tcp_keepalives_idle=30",
    "tcp_keepalives_interval=10",
    "tcp_keepalives_count=3",
    "tcp_user_timeout=60000",
  ];
  const pool = new pg.Pool({
    ...(typeof connection === "string" ? { connectionString: connection } : connection),
    max: maxConnections,
    connectionTimeoutMillis: connectionMilliseconds,
    application_name: "pith-graph",
    Client: guardedClients(guard),
    options: settings.map((setting) => `-c ${setting}`).join(" "),
  });
  // A lost connection fails the query that runs on it, and the next query replaces it. Without these listeners, on idle
  // connections and on those in use, it would also end the process.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  shareConnections(pool, connectionLimits(maxConnections));
  publishStatements(pool);
  makeCancellable(pool);
  const place = dataDirectory ?? describeConnection(connection);
  return { connection, place, pool, db: drizzle(pool, { schema: tables }), close: () => pool.end() };
}

/** An address that only node-postgres can parse, such as that of a socket, is not shown. */
function describeConnection(connection: DatabaseOptions["connection"]): string {
  if (typeof connection !== "string") {
    const { user = "?", host = "localhost", database = "?" } = connection;
    return `${user} at ${host}/${database}`;
  }
  if (!URL.canParse(connection)) return "the database of DATABASE_URL";
  const { username, host, pathname } = new URL(connection);
  return `${username || "?"} at ${host}${pathname}`;
}

const statementKeywords = new Set(
  [
    "SELECT",
    "INSERT",
    "UPDATE",
    "DELETE",
    "WITH",
    "COPY",
    "BEGIN",
    "COMMIT",
    "ROLLBACK",
    "LISTEN",
    "NOTIFY",
  ].concat(["CREATE", "DROP", "ALTER", "LOCK", "SET", "SAVEPOINT", "RELEASE", "TRUNCATE", "ANALYZE"]),
);

/**
 * Publishes the pool's statements. Those of `pool.query` start at the call, so they include the wait for a connection;
 * those on a checked-out connection start when they are sent.
 */
function publishStatements(pool: pg.Pool): void {
  if (!statements.hasSubscribers) return;
  const query = pool.query.bind(pool) as (...args: unknown[]) => unknown;
  pool.query = ((...args: unknown[]) =>
    hasCallback(args)
      ? query(...args)
      : statements.run({ name: nameOf(args[0]) }, () => query(...args))) as typeof pool.query;
  pool.on("connect", (client) => {
    const send = client.query.bind(client) as (...args: unknown[]) => unknown;
    client.query = ((...args: unknown[]) =>
      // The pool's own statements have a callback and are published above; a COPY is a stream, which ends by itself.
      hasCallback(args) || isStream(args[0])
        ? send(...args)
        : statements.run({ name: nameOf(args[0]) }, () => send(...args))) as typeof client.query;
  });
}

function hasCallback(args: readonly unknown[]): boolean {
  return typeof args.at(-1) === "function";
}

function isStream(statement: unknown): boolean {
  return typeof statement === "object" && statement !== null && "submit" in statement;
}

function nameOf(statement: unknown): string {
  if (typeof statement === "string") return firstWord(statement);
  const { name, text } = statement as { readonly name?: string; readonly text?: string };
  return name ?? firstWord(text ?? "");
}

function firstWord(text: string): string {
  const word = /^\s*([a-z]+)/i.exec(text)?.[1]?.toUpperCase() ?? "";
  return statementKeywords.has(word) ? word : "other";
}

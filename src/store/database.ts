import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import pg from "pg";
import { cancellable } from "./cancellable.ts";
import * as tables from "./tables/index.ts";

/** Runs Drizzle queries: the pool, or a transaction on one of its connections. */
export type Queries = Pick<
  NodePgDatabase<typeof tables>,
  "select" | "selectDistinctOn" | "execute" | "$count"
>;

export type Database = {
  /** What it was opened with: another thread may open its own. */
  readonly connection: DatabaseOptions["connection"];
  readonly pool: pg.Pool;
  readonly db: NodePgDatabase<typeof tables>;
  /** Ends the pool once its queries are done. */
  close(): Promise<void>;
};

/** The same database, whose `db` has the server end the statement that runs when the signal is aborted. */
export function cancellableDatabase({ connection, pool, close }: Database, signal: AbortSignal): Database {
  let db: Database["db"] | undefined;
  return {
    connection,
    pool,
    close,
    get db() {
      // Drizzle asks of a pool no more than that it sends statements, outside of transactions.
      db ??= drizzle(cancellable(pool, signal) as unknown as pg.Pool, { schema: tables });
      return db;
    },
  };
}

export type DatabaseOptions = {
  /** A connection string, or node-postgres settings: the embedded server's socket. */
  connection: string | pg.PoolConfig;
  /** The most connections; 10 unless told. */
  maximumConnections?: number;
  /** A schema whose tables come before those of `public`. */
  schema?: string;
};

/** Opens a pool of connections. Connects lazily: an address nobody answers fails with the first query. */
export function openDatabase({ connection, maximumConnections = 10, schema }: DatabaseOptions): Database {
  const pool = new pg.Pool({
    ...(typeof connection === "string" ? { connectionString: connection } : connection),
    max: maximumConnections,
    application_name: "pith-graph",
    // Times are read as UTC (tables/columns.ts); so is every session. How like names must be for search to find them
    // can be told to a session only; where there is no pg_trgm it means nothing.
    options: `-c timezone=UTC -c pg_trgm.word_similarity_threshold=0.45${schema === undefined ? "" : ` -c search_path=${schema},public`}`,
  });
  // A connection that is lost fails the query that runs on it, and is replaced with the next one; without these
  // listeners, of an idle connection and of one in use, it would also end the process.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  return { connection, pool, db: drizzle(pool, { schema: tables }), close: () => pool.end() };
}

import pg from "pg";

/** The connection of a test run's server, as node-postgres settings or a connection string. */
export type ServerConnection = string | Pick<pg.PoolConfig, "host" | "port" | "user" | "database">;

export function connectionTo(server: ServerConnection, database: string): string | pg.PoolConfig {
  if (typeof server !== "string") return { ...server, database };
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}

/** Runs a statement outside of any transaction. */
export async function administer(server: ServerConnection, statement: string): Promise<void> {
  const client = new pg.Client(typeof server === "string" ? { connectionString: server } : server);
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** A connection as a URL for DATABASE_URL, also for a socket. */
export function databaseUrl(connection: string | pg.PoolConfig): string {
  if (typeof connection === "string") return connection;
  const { host = "", port = 5432, user = "", database = "" } = connection;
  return `postgres://${encodeURIComponent(user)}@/${database}?host=${encodeURIComponent(host)}&port=${port}`;
}

import type pg from "pg";
import type { Database } from "../src/store/index.ts";

export type Statement = { readonly text: string; readonly values: unknown[] };

/**
 * The statements that a pool sends during `work`, including Drizzle's and those of checked-out connections, without
 * those that only begin or end a transaction, or set its limits.
 */
export async function watchStatements(
  { pool }: Database,
  work: () => Promise<unknown>,
): Promise<Statement[]> {
  const statements: Statement[] = [];
  const { query, connect } = pool;
  /** Whether the pool checks out a connection for a statement that was already recorded. */
  let isRecorded = false;
  const record = (args: unknown[]) => {
    const [first, values] = args;
    const { text, values: own } = typeof first === "string" ? { text: first } : (first as pg.QueryConfig);
    if (/^(?:BEGIN|COMMIT|ROLLBACK|SET LOCAL)\b/.test(text)) return;
    statements.push({ text, values: Array.isArray(values) ? values : (own ?? []) });
  };
  pool.query = ((...args: unknown[]): unknown => {
    record(args);
    isRecorded = true;
    try {
      return Reflect.apply(query, pool, args);
    } finally {
      isRecorded = false;
    }
  }) as typeof pool.query;
  pool.connect = ((...args: unknown[]): unknown => {
    const connecting = Reflect.apply(connect, pool, args) as Promise<pg.PoolClient> | undefined;
    return isRecorded || connecting === undefined
      ? connecting
      : connecting.then((client) => recording(client, record));
  }) as typeof pool.connect;
  try {
    await work();
    return statements;
  } finally {
    pool.query = query;
    pool.connect = connect;
  }
}

/** Records the statements of a connection until its release. */
function recording(client: pg.PoolClient, record: (args: unknown[]) => void): pg.PoolClient {
  const { query, release } = client;
  client.query = ((...args: unknown[]): unknown => {
    record(args);
    return Reflect.apply(query, client, args);
  }) as typeof client.query;
  client.release = (reason) => {
    client.query = query;
    client.release = release;
    client.release(reason);
  };
  return client;
}

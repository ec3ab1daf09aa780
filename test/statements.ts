import type pg from "pg";
import type { Database } from "../src/store/index.ts";

export type Statement = { readonly text: string; readonly values: unknown[] };

/**
 * What goes through the pool meanwhile: Drizzle's queries and everybody's, and what is read on a connection that
 * somebody holds, without the statements that only begin and end its transaction, or set its limits.
 */
export async function watchStatements(
  { pool }: Database,
  work: () => Promise<unknown>,
): Promise<Statement[]> {
  const statements: Statement[] = [];
  const { query, connect } = pool;
  /** Whether a connection is asked for by a statement that was noted already. */
  let isNoted = false;
  const note = (args: unknown[]) => {
    const [first, values] = args;
    const { text, values: own } = typeof first === "string" ? { text: first } : (first as pg.QueryConfig);
    if (/^(?:BEGIN|COMMIT|ROLLBACK|SET LOCAL)\b/.test(text)) return;
    statements.push({ text, values: Array.isArray(values) ? values : (own ?? []) });
  };
  pool.query = ((...args: unknown[]): unknown => {
    note(args);
    isNoted = true;
    try {
      return Reflect.apply(query, pool, args);
    } finally {
      isNoted = false;
    }
  }) as typeof pool.query;
  pool.connect = ((...args: unknown[]): unknown => {
    const connecting = Reflect.apply(connect, pool, args) as Promise<pg.PoolClient> | undefined;
    return isNoted || connecting === undefined
      ? connecting
      : connecting.then((client) => noting(client, note));
  }) as typeof pool.connect;
  try {
    await work();
    return statements;
  } finally {
    pool.query = query;
    pool.connect = connect;
  }
}

/** The connection, whose statements are noted until it is given back. */
function noting(client: pg.PoolClient, note: (args: unknown[]) => void): pg.PoolClient {
  const { query, release } = client;
  client.query = ((...args: unknown[]): unknown => {
    note(args);
    return Reflect.apply(query, client, args);
  }) as typeof client.query;
  client.release = (reason) => {
    client.query = query;
    client.release = release;
    client.release(reason);
  };
  return client;
}

import type pg from "pg";

/** Sends statements: a pool, or what stands for one. */
export type Sender = {
  query<Row extends pg.QueryResultRow>(
    config: pg.QueryConfig,
    values?: unknown[],
  ): Promise<pg.QueryResult<Row>>;
  query<Row extends unknown[]>(
    config: pg.QueryArrayConfig,
    values?: unknown[],
  ): Promise<pg.QueryArrayResult<Row>>;
};

/**
 * Sends statements over a pool, and has the server end the one that runs when the signal is aborted: its connection is
 * free for others as soon as the server has let go.
 */
export function cancellable(pool: pg.Pool, signal: AbortSignal): Sender {
  const query = async (config: pg.QueryArrayConfig, values?: unknown[]) => {
    signal.throwIfAborted();
    const client = await pool.connect();
    let cancelling: Promise<unknown> | undefined;
    const cancel = () => {
      cancelling ??= cancelStatement(pool, client).catch(() => {});
    };
    try {
      signal.throwIfAborted();
      signal.addEventListener("abort", cancel, { once: true });
      return await client.query(config, values);
    } catch (error) {
      throw signal.aborted ? signal.reason : error;
    } finally {
      signal.removeEventListener("abort", cancel);
      // Until it is sent the connection stays with this statement: it must not meet the next one.
      await cancelling;
      client.release();
    }
  };
  return { query } as Sender;
}

async function cancelStatement(pool: pg.Pool, client: pg.PoolClient): Promise<void> {
  const { processID } = client as pg.PoolClient & { readonly processID: number };
  await pool.query("SELECT pg_cancel_backend($1)", [processID]);
}

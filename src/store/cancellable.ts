import type pg from "pg";
import { untilAborted } from "./cancellation.ts";

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

/** Sends statements over a pool, each ended when the signal is aborted: its connection is free for others at once. */
export function cancellable(pool: pg.Pool, signal: AbortSignal): Sender {
  const query = (config: pg.QueryArrayConfig, values?: unknown[]) =>
    untilAborted(signal, () => pool.query(config, values));
  return { query } as Sender;
}

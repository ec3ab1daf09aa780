import { AsyncLocalStorage } from "node:async_hooks";
import type pg from "pg";

const signals = new AsyncLocalStorage<AbortSignal>();

/** Runs work whose statements, over a pool that `makeCancellable` was given, end with the signal. */
export function untilAborted<Result>(signal: AbortSignal, work: () => Result): Result {
  return signals.run(signal, work);
}

/** The signal that what is read now ends with; undefined where nothing ends it. */
export function endingSignal(): AbortSignal | undefined {
  return signals.getStore();
}

/**
 * Ends a pool's single statements with the signal of `untilAborted`: they reject with its reason at once, and their
 * connection is closed. The server looks after its clients (`client_connection_check_interval`) and then ends the
 * statement; closing is the one way that cannot hit another statement on the same connection.
 */
export function makeCancellable(pool: pg.Pool): void {
  const query = pool.query.bind(pool) as (...args: unknown[]) => unknown;
  const watched = (...args: unknown[]): unknown => {
    const signal = signals.getStore();
    // With a callback, nobody asks for a promise.
    if (signal === undefined || typeof args.at(-1) === "function") return query(...args);
    return queryUntil(pool, signal, args);
  };
  pool.query = watched as typeof pool.query;
}

async function queryUntil(pool: pg.Pool, signal: AbortSignal, args: unknown[]): Promise<unknown> {
  const client = await connectUntil(pool, signal);
  let isHeld = true;
  const release = (reason?: Error | boolean) => {
    if (isHeld) client.release(reason);
    isHeld = false;
  };
  const query = client.query as (...args: unknown[]) => Promise<unknown>;
  const result = query.apply(client, args);
  try {
    return await raceAbort(result, signal, () => release(true));
  } catch (error) {
    release(error instanceof Error ? error : true);
    throw error;
  } finally {
    release();
  }
}

/** A connection of the pool; rejects with the signal's reason where it is aborted first. */
export function connectUntil(pool: pg.Pool, signal: AbortSignal): Promise<pg.PoolClient> {
  signal.throwIfAborted();
  const connecting = pool.connect();
  return raceAbort(connecting, signal, () => {
    // Its turn comes nevertheless.
    connecting.then(
      (client) => client.release(),
      () => {},
    );
  });
}

/** What the work gives, or the signal's reason where it is aborted first; then calls `onAbort` before. */
export function raceAbort<Result>(
  work: Promise<Result>,
  signal: AbortSignal,
  onAbort: () => void,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      onAbort();
      reject(signal.reason);
    };
    const settle = () => signal.removeEventListener("abort", abort);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
    work.then(
      (result) => {
        settle();
        resolve(result);
      },
      (error) => {
        settle();
        reject(error);
      },
    );
  });
}

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

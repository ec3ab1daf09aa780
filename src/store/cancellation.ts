import { AsyncLocalStorage } from "node:async_hooks";
import type pg from "pg";

const signals = new AsyncLocalStorage<AbortSignal>();

/** Runs work whose statements end with the signal, on pools passed to `makeCancellable`. */
export function runWithSignal<Result>(signal: AbortSignal, work: () => Result): Result {
  return signals.run(signal, work);
}

/** The signal of the current `runWithSignal`; undefined outside one. */
export function currentSignal(): AbortSignal | undefined {
  return signals.getStore();
}

/**
 * Ends single statements of a pool at the signal of `runWithSignal`: they reject with its reason at once, and their
 * connection is closed. The server notices (`client_connection_check_interval`) and ends the statement. Closing is the
 * only way that cannot hit another statement on the same connection.
 */
export function makeCancellable(pool: pg.Pool): void {
  const query = pool.query.bind(pool) as (...args: unknown[]) => unknown;
  const cancellable = (...args: unknown[]): unknown => {
    const signal = signals.getStore();
    // With a callback, `query` returns no promise.
    if (signal === undefined || typeof args.at(-1) === "function") return query(...args);
    return queryWithSignal(pool, signal, args);
  };
  pool.query = cancellable as typeof pool.query;
}

async function queryWithSignal(pool: pg.Pool, signal: AbortSignal, args: unknown[]): Promise<unknown> {
  const client = await connectWithSignal(pool, signal);
  let isCheckedOut = true;
  const release = (reason?: Error | boolean) => {
    if (isCheckedOut) client.release(reason);
    isCheckedOut = false;
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

/** Takes a connection of the pool; rejects with the signal's reason if it is aborted first. */
export function connectWithSignal(pool: pg.Pool, signal: AbortSignal): Promise<pg.PoolClient> {
  signal.throwIfAborted();
  const connecting = pool.connect();
  return raceAbort(connecting, signal, () => {
    // The pool still delivers the connection later.
    connecting.then(
      (client) => client.release(),
      () => {},
    );
  });
}

/** Settles as the work does. If the signal is aborted first, calls `onAbort` and rejects with its reason. */
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
    const stopListening = () => signal.removeEventListener("abort", abort);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
    work.then(
      (result) => {
        stopListening();
        resolve(result);
      },
      (error) => {
        stopListening();
        reject(error);
      },
    );
  });
}

/** Sends statements: a pool, or a substitute. */
export type Queryable = {
  query<Row extends pg.QueryResultRow>(
    config: pg.QueryConfig,
    values?: unknown[],
  ): Promise<pg.QueryResult<Row>>;
  query<Row extends unknown[]>(
    config: pg.QueryArrayConfig,
    values?: unknown[],
  ): Promise<pg.QueryArrayResult<Row>>;
};

/** Sends statements over a pool. An abort ends them, and frees their connections for others at once. */
export function cancellableQueries(pool: pg.Pool, signal: AbortSignal): Queryable {
  const query = (config: pg.QueryArrayConfig, values?: unknown[]) =>
    runWithSignal(signal, () => pool.query(config, values));
  return { query } as Queryable;
}

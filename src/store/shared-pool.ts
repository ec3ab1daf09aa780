import type pg from "pg";
import { endingSignal } from "./cancellation.ts";
import { askerOf, isExpensiveNow, type Shares, Turnstile } from "./connection-shares.ts";

type Connected = (error: Error | undefined, client?: pg.PoolClient, release?: unknown) => void;

/** What `pg` says itself where no connection is free in time (`isServerFault`). */
const waitedTooLong = "timeout exceeded when trying to connect";

/**
 * Lets requests share a pool's connections fairly: `connect`, and with it `query`, waits at a turnstile instead of in
 * the pool's own queue. The wait is bounded as the pool's is.
 */
export function shareConnections(pool: pg.Pool, shares: Shares): void {
  const turnstile = new Turnstile(shares);
  const waitedInPool = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(pool), "waitingCount")?.get;
  Object.defineProperty(pool, "waitingCount", {
    get: () => turnstile.waiting + Number(waitedInPool?.call(pool) ?? 0),
  });
  const connect = pool.connect.bind(pool) as (done: Connected) => void;
  const { connectionTimeoutMillis = 0 } = pool.options;

  const enter = (done: Connected): void => {
    const signal = endingSignal();
    // Statements that belong to no request are each one of their own.
    const asker = askerOf(signal) ?? { client: "" };
    let timer: NodeJS.Timeout | undefined;
    let isAdmitted = false;
    const stopWaiting = turnstile.enter(asker, {
      isExpensive: isExpensiveNow(),
      signal,
      admit: (leave) => {
        isAdmitted = true;
        clearTimeout(timer);
        connect((error, client) => {
          if (error !== undefined || client === undefined) {
            leave();
            return done(error);
          }
          const release = client.release.bind(client);
          client.release = (reason) => {
            try {
              release(reason);
            } finally {
              leave();
            }
          };
          done(undefined, client, client.release);
        });
      },
      reject: (error) => {
        clearTimeout(timer);
        done(error as Error);
      },
    });
    if (isAdmitted || connectionTimeoutMillis === 0) return;
    timer = setTimeout(() => {
      stopWaiting();
      done(new Error(waitedTooLong));
    }, connectionTimeoutMillis);
  };

  pool.connect = ((done?: Connected) => {
    if (done !== undefined) return enter(done);
    return new Promise<pg.PoolClient>((resolve, reject) => {
      enter((error, client) => (client === undefined ? reject(error) : resolve(client)));
    });
  }) as typeof pool.connect;
}

import { AsyncLocalStorage } from "node:async_hooks";
import type pg from "pg";
import { endingSignal } from "./cancellation.ts";

/** A request that sends statements. */
export type Asker = {
  /** The client's address. All requests of one client share its connections. */
  readonly client: string;
};

/** Maximum numbers of connections in use at a time. */
export type Shares = {
  /** In total: the size of the pool. */
  readonly total: number;
  /** By one request. */
  readonly ofRequest: number;
  /** By statements that are known to be expensive: searches, chains, counts over entire tables. */
  readonly expensive: number;
  /** By expensive statements of one request. */
  readonly expensiveOfRequest: number;
};

/** The shares in a pool of `total` connections. */
export function sharesOf(total: number): Shares {
  const expensive = Math.max(1, Math.ceil(total * 0.2));
  return {
    total,
    ofRequest: Math.max(1, Math.ceil(total * 0.4)),
    expensive,
    // One request with many searches leaves a place for another request's search.
    expensiveOfRequest: Math.max(1, Math.floor(expensive / 2)),
  };
}

type Entry = {
  readonly isExpensive: boolean;
  readonly signal: AbortSignal | undefined;
  readonly admit: (leave: () => void) => void;
  readonly reject: (error: unknown) => void;
};

/** The queue of one request. */
type Line = {
  readonly asker: Asker;
  readonly entries: Entry[];
  running: number;
  runningExpensive: number;
  /** Statements admitted so far: the request with the fewest goes first. */
  admitted: number;
};

/**
 * Decides which statement gets the next connection: first the client that uses the fewest; among its requests the one
 * with the fewest admitted statements; then the one that has waited longest. A request with hundreds of statements thus
 * delays one with a few by at most one statement.
 */
export class Turnstile {
  readonly #shares: Shares;
  readonly #lines = new Map<Asker, Line>();
  readonly #runningOfClient = new Map<string, number>();
  #running = 0;
  #runningExpensive = 0;
  #waiting = 0;

  constructor(shares: Shares) {
    this.#shares = shares;
  }

  /** Statements that wait for admission. */
  get waiting(): number {
    return this.#waiting;
  }

  /**
   * Calls `admit` with a function that frees the place; at once if one is free. If the signal is aborted by the time
   * its turn comes, calls `reject` with the signal's reason. Returns a function that leaves the queue.
   */
  enter(asker: Asker, { isExpensive, signal, admit, reject }: Entry): () => void {
    const line = this.#lines.get(asker) ?? {
      asker,
      entries: [],
      running: 0,
      runningExpensive: 0,
      admitted: 0,
    };
    this.#lines.set(asker, line);
    const entry = { isExpensive, signal, admit, reject };
    line.entries.push(entry);
    this.#waiting++;
    this.#admitNext();
    return () => {
      const place = line.entries.indexOf(entry);
      if (place < 0) return;
      line.entries.splice(place, 1);
      this.#waiting--;
      this.#forgetWhereIdle(line);
    };
  }

  #admitNext(): void {
    while (this.#running < this.#shares.total) {
      const line = this.#nextLine();
      if (line === undefined) return;
      const place = line.entries.findIndex((entry) => this.#isAdmissible(line, entry));
      const [entry] = line.entries.splice(place, 1) as [Entry];
      this.#waiting--;
      if (entry.signal?.aborted) {
        this.#forgetWhereIdle(line);
        entry.reject(entry.signal.reason);
        continue;
      }
      this.#start(line, entry);
    }
  }

  #nextLine(): Line | undefined {
    let first: Line | undefined;
    for (const line of this.#lines.values()) {
      if (line.running >= this.#shares.ofRequest) continue;
      if (!line.entries.some((entry) => this.#isAdmissible(line, entry))) continue;
      if (first === undefined || this.#compare(line, first) < 0) first = line;
    }
    return first;
  }

  #isAdmissible(line: Line, { isExpensive }: Entry): boolean {
    const { expensive, expensiveOfRequest } = this.#shares;
    return !isExpensive || (this.#runningExpensive < expensive && line.runningExpensive < expensiveOfRequest);
  }

  /** On a tie, the order of arrival decides. */
  #compare(a: Line, b: Line): number {
    return this.#held(a) - this.#held(b) || a.admitted - b.admitted;
  }

  #held({ asker }: Line): number {
    return this.#runningOfClient.get(asker.client) ?? 0;
  }

  #start(line: Line, entry: Entry): void {
    const { client } = line.asker;
    const count = (by: 1 | -1) => {
      this.#running += by;
      line.running += by;
      if (entry.isExpensive) {
        this.#runningExpensive += by;
        line.runningExpensive += by;
      }
      const held = this.#held(line) + by;
      if (held === 0) this.#runningOfClient.delete(client);
      else this.#runningOfClient.set(client, held);
    };
    count(1);
    line.admitted++;
    let hasLeft = false;
    entry.admit(() => {
      if (hasLeft) return;
      hasLeft = true;
      count(-1);
      this.#forgetWhereIdle(line);
      this.#admitNext();
    });
  }

  /** A request that returns later starts from zero: between two levels of its query it is idle. */
  #forgetWhereIdle(line: Line): void {
    if (line.running === 0 && line.entries.length === 0) this.#lines.delete(line.asker);
  }
}

const askers = new WeakMap<AbortSignal, Asker>();

/** Assigns the statements that end with a signal to a request. */
export function nameAsker(signal: AbortSignal, asker: Asker): void {
  askers.set(signal, asker);
}

/** The request that statements with this signal belong to; undefined if none was assigned. */
export function askerOf(signal: AbortSignal | undefined): Asker | undefined {
  return signal === undefined ? undefined : askers.get(signal);
}

const expensive = new AsyncLocalStorage<true>();

/** Marks the statements of this work as expensive: only a few of those run at a time in total. */
export function asExpensive<Result>(work: () => Result): Result {
  return expensive.run(true, work);
}

function isExpensiveNow(): boolean {
  return expensive.getStore() === true;
}

type Connected = (error: Error | undefined, client?: pg.PoolClient, release?: unknown) => void;

/** The error of `pg` when no connection becomes free in time (`isServerFault`). */
const waitedTooLong = "timeout exceeded when trying to connect";

/**
 * Shares a pool's connections fairly between requests: `connect`, and so `query`, waits at a turnstile instead of in
 * the pool's own queue, with the pool's own time limit.
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
    // A statement that belongs to no request counts as a request of its own.
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
            done(error);
            return;
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

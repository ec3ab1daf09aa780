import { AsyncLocalStorage } from "node:async_hooks";
import type pg from "pg";
import { currentSignal } from "./cancellation.ts";

/** A request that sends statements. */
export type Requester = {
  /** The client's address. All requests of one client share its connections. */
  readonly client: string;
};

/** Maximum numbers of connections in use at a time. */
export type ConnectionLimits = {
  /** In total: the size of the pool. */
  readonly total: number;
  /** By one request. */
  readonly perRequest: number;
  /** By statements that are known to be expensive: searches, chains, counts over entire tables. */
  readonly expensive: number;
  /** By expensive statements of one request. */
  readonly expensivePerRequest: number;
};

/** The limits in a pool of `total` connections. */
export function connectionLimits(total: number): ConnectionLimits {
  const expensive = Math.max(1, Math.ceil(total * 0.2));
  return {
    total,
    perRequest: Math.max(1, Math.ceil(total * 0.4)),
    expensive,
    // One request with many searches leaves a place for another request's search.
    expensivePerRequest: Math.max(1, Math.floor(expensive / 2)),
  };
}

type Entry = {
  readonly isExpensive: boolean;
  readonly signal: AbortSignal | undefined;
  readonly admit: (leave: () => void) => void;
  readonly reject: (error: unknown) => void;
};

/** The queue of one request. */
type RequestQueue = {
  readonly requester: Requester;
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
export class ConnectionQueue {
  readonly #limits: ConnectionLimits;
  readonly #queues = new Map<Requester, RequestQueue>();
  readonly #runningOfClient = new Map<string, number>();
  #running = 0;
  #runningExpensive = 0;
  #waiting = 0;

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
  }

  /** Statements that wait for admission. */
  get waiting(): number {
    return this.#waiting;
  }

  /**
   * Calls `admit` with a function that frees the place; at once if one is free. If the signal is aborted by the time
   * its turn comes, calls `reject` with the signal's reason. Returns a function that leaves the queue.
   */
  enter(requester: Requester, { isExpensive, signal, admit, reject }: Entry): () => void {
    const queue = this.#queues.get(requester) ?? {
      requester,
      entries: [],
      running: 0,
      runningExpensive: 0,
      admitted: 0,
    };
    this.#queues.set(requester, queue);
    const entry = { isExpensive, signal, admit, reject };
    queue.entries.push(entry);
    this.#waiting++;
    this.#admitNext();
    return () => {
      const place = queue.entries.indexOf(entry);
      if (place < 0) return;
      queue.entries.splice(place, 1);
      this.#waiting--;
      this.#removeIfIdle(queue);
    };
  }

  #admitNext(): void {
    while (this.#running < this.#limits.total) {
      const queue = this.#nextQueue();
      if (queue === undefined) return;
      const place = queue.entries.findIndex((entry) => this.#isAdmissible(queue, entry));
      const [entry] = queue.entries.splice(place, 1) as [Entry];
      this.#waiting--;
      if (entry.signal?.aborted) {
        this.#removeIfIdle(queue);
        entry.reject(entry.signal.reason);
        continue;
      }
      this.#start(queue, entry);
    }
  }

  #nextQueue(): RequestQueue | undefined {
    let first: RequestQueue | undefined;
    for (const queue of this.#queues.values()) {
      if (queue.running >= this.#limits.perRequest) continue;
      if (!queue.entries.some((entry) => this.#isAdmissible(queue, entry))) continue;
      if (first === undefined || this.#compare(queue, first) < 0) first = queue;
    }
    return first;
  }

  #isAdmissible(queue: RequestQueue, { isExpensive }: Entry): boolean {
    const { expensive, expensivePerRequest } = this.#limits;
    return (
      !isExpensive || (this.#runningExpensive < expensive && queue.runningExpensive < expensivePerRequest)
    );
  }

  /** On a tie, the order of arrival decides. */
  #compare(a: RequestQueue, b: RequestQueue): number {
    return this.#runningFor(a) - this.#runningFor(b) || a.admitted - b.admitted;
  }

  #runningFor({ requester }: RequestQueue): number {
    return this.#runningOfClient.get(requester.client) ?? 0;
  }

  #start(queue: RequestQueue, entry: Entry): void {
    const { client } = queue.requester;
    const count = (by: 1 | -1) => {
      this.#running += by;
      queue.running += by;
      if (entry.isExpensive) {
        this.#runningExpensive += by;
        queue.runningExpensive += by;
      }
      const count = this.#runningFor(queue) + by;
      if (count === 0) this.#runningOfClient.delete(client);
      else this.#runningOfClient.set(client, count);
    };
    count(1);
    queue.admitted++;
    let hasLeft = false;
    entry.admit(() => {
      if (hasLeft) return;
      hasLeft = true;
      count(-1);
      this.#removeIfIdle(queue);
      this.#admitNext();
    });
  }

  /** A request that returns later starts from zero: between two levels of its query it is idle. */
  #removeIfIdle(queue: RequestQueue): void {
    if (queue.running === 0 && queue.entries.length === 0) this.#queues.delete(queue.requester);
  }
}

const requesters = new WeakMap<AbortSignal, Requester>();

/** Assigns the statements that end with a signal to a request. */
export function assignRequester(signal: AbortSignal, requester: Requester): void {
  requesters.set(signal, requester);
}

/** The request that statements with this signal belong to; undefined if none was assigned. */
export function requesterOf(signal: AbortSignal | undefined): Requester | undefined {
  return signal === undefined ? undefined : requesters.get(signal);
}

const expensiveContext = new AsyncLocalStorage<true>();

/** Marks the statements of this work as expensive: only a few of those run at a time in total. */
export function asExpensive<Result>(work: () => Result): Result {
  return expensiveContext.run(true, work);
}

function isExpensiveContext(): boolean {
  return expensiveContext.getStore() === true;
}

type Connected = (error: Error | undefined, client?: pg.PoolClient, release?: unknown) => void;

/** The error of `pg` when no connection becomes free in time (`isServerFault`). */
const timeoutMessage = "timeout exceeded when trying to connect";

/**
 * Shares a pool's connections fairly between requests: `connect`, and so `query`, waits in a `ConnectionQueue`, not in
 * the pool's own queue, with the pool's own time limit.
 */
export function shareConnections(pool: pg.Pool, limits: ConnectionLimits): void {
  const connectionQueue = new ConnectionQueue(limits);
  const waitedInPool = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(pool), "waitingCount")?.get;
  Object.defineProperty(pool, "waitingCount", {
    get: () => connectionQueue.waiting + Number(waitedInPool?.call(pool) ?? 0),
  });
  const connect = pool.connect.bind(pool) as (done: Connected) => void;
  const { connectionTimeoutMillis = 0 } = pool.options;

  const enter = (done: Connected): void => {
    const signal = currentSignal();
    // A statement that belongs to no request counts as a request of its own.
    const requester = requesterOf(signal) ?? { client: "" };
    let timer: NodeJS.Timeout | undefined;
    let isAdmitted = false;
    const stopWaiting = connectionQueue.enter(requester, {
      isExpensive: isExpensiveContext(),
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
      done(new Error(timeoutMessage));
    }, connectionTimeoutMillis);
  };

  pool.connect = ((done?: Connected) => {
    if (done !== undefined) return enter(done);
    return new Promise<pg.PoolClient>((resolve, reject) => {
      enter((error, client) => (client === undefined ? reject(error) : resolve(client)));
    });
  }) as typeof pool.connect;
}

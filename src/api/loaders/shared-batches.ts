import { AsyncLocalStorage } from "node:async_hooks";
import { loaderBatches } from "../../runtime/index.ts";
import {
  assignRequester,
  cancellableQueries,
  type Database,
  type PaperStates,
  type Queryable,
  requesterOf,
} from "../../store/index.ts";
import { afterSettling, keysOfStatement } from "./pacing.ts";
import type { CachedRows, RowCache } from "./row-cache.ts";

type Found<Value> = ReadonlyMap<unknown, Value>;

type Asking<Key, Value> = {
  readonly keys: readonly Key[];
  readonly signal: AbortSignal | undefined;
  readonly resolve: (found: Found<Value>) => void;
  readonly reject: (error: unknown) => void;
  /** Runs work in the caller's async context; absent without subscribers. */
  readonly inContext: (<Result>(work: () => Result) => Result) | undefined;
};

/** Concurrent statements of one kind; later callers share the next one. */
const mostRunning = 2;

/**
 * One statement for the keys of many requests: keys requested within a turn of the event loop, or while earlier
 * statements run, are sent together. A busy server sends a fraction of the statements, and an idle one does not wait.
 *
 * The statement runs after each of its requests has arrived, so no request sees older data than without sharing.
 */
export class SharedBatches<Key, Value> {
  readonly #rows: Rows;
  readonly #read: (sender: Queryable, keys: readonly Key[]) => Promise<Found<Value>>;
  readonly #shelf: CachedRows<Key, Value> | undefined;
  /** The maximum number of keys of one request in a statement, and of all that share it. */
  readonly maxBatchSize: number;
  /** The value of keys that are not found. */
  readonly #absent: Value;
  #waiting: Asking<Key, Value>[] = [];
  #running = 0;
  #isScheduled = false;

  constructor(
    rows: Rows,
    absent: Value,
    read: (sender: Queryable, keys: readonly Key[]) => Promise<Found<Value>>,
    rowsOfKey = 1,
  ) {
    this.maxBatchSize = keysOfStatement(rowsOfKey);
    this.#rows = rows;
    this.#read = read;
    this.#absent = absent;
    this.#shelf = rows.kept?.shelf();
  }

  /** The cached value of a key; undefined if a statement is needed. */
  kept(key: Key, version: string): Value | undefined {
    return this.#shelf?.get(key, version);
  }

  /**
   * The values of keys, in their order. They are cached if `version` is not null: the request's version, read before
   * this call. Rejects if the signal is aborted while the statement runs.
   */
  async load(
    keys: readonly Key[],
    signal: AbortSignal | undefined,
    version: string | null,
  ): Promise<Value[]> {
    const found = await new Promise<Found<Value>>((resolve, reject) => {
      const inContext = loaderBatches.hasSubscribers ? AsyncLocalStorage.snapshot() : undefined;
      this.#waiting.push({ keys, signal, resolve, reject, inContext });
      this.#schedule();
    });
    return keys.map((key) => {
      const value = found.get(key) ?? this.#absent;
      if (version !== null) this.#shelf?.set(key, value, version);
      return value;
    });
  }

  #schedule(): void {
    if (this.#isScheduled || this.#running >= mostRunning || this.#waiting.length === 0) return;
    this.#isScheduled = true;
    afterSettling(() => {
      this.#isScheduled = false;
      void this.#send(this.#take());
    });
  }

  #take(): Asking<Key, Value>[] {
    let keys = 0;
    const end = this.#waiting.findIndex((asking) => {
      keys += asking.keys.length;
      return keys > this.maxBatchSize;
    });
    return end < 0 ? this.#waiting.splice(0) : this.#waiting.splice(0, Math.max(1, end));
  }

  async #send(askings: readonly Asking<Key, Value>[]): Promise<void> {
    this.#running++;
    try {
      await this.#answer(askings);
    } finally {
      this.#running--;
      this.#schedule();
    }
  }

  async #answer(askings: readonly Asking<Key, Value>[]): Promise<void> {
    const [first] = askings;
    const keys =
      askings.length === 1 && first !== undefined
        ? first.keys
        : [...new Set(askings.flatMap((asking) => asking.keys))];
    const watched = watch(askings);
    try {
      const { pool } = this.#rows;
      const sender = watched.signal === null ? pool : cancellableQueries(pool, watched.signal);
      const read = () => this.#read(sender, keys);
      const send = () => loaderBatches.run({ keys: keys.length, requests: askings.length }, read);
      // A shared statement runs in the context of its first caller.
      const found = await (first?.inContext === undefined ? read() : first.inContext(send));
      for (const { resolve } of askings) resolve(found);
    } catch (error) {
      if (askings.length === 1) first?.reject(error);
      // A key that the server cannot read is one caller's fault; the others still get their answer.
      else for (const asking of askings) await this.#answer([asking]);
    } finally {
      watched.end();
    }
  }
}

/** A SharedBatches for each number of rows that statements read of a key. */
export class SharedBatchesByLimit<Key, Value> {
  /** As many as there are page sizes. */
  readonly #byLimit = new Map<number, SharedBatches<Key, Value>>();
  readonly #create: (limit: number) => SharedBatches<Key, Value>;

  constructor(
    rows: Rows,
    absent: Value,
    read: (sender: Queryable, keys: readonly Key[], limit: number) => Promise<Found<Value>>,
  ) {
    this.#create = (limit) =>
      new SharedBatches(rows, absent, (sender, keys) => read(sender, keys, limit), limit);
  }

  of(limit: number): SharedBatches<Key, Value> {
    const batches = this.#byLimit.get(limit) ?? this.#create(limit);
    this.#byLimit.set(limit, batches);
    return batches;
  }
}

/** A signal that is aborted once all callers are gone; null if one of them cannot cancel. */
function watch(askings: readonly { readonly signal: AbortSignal | undefined }[]): {
  readonly signal: AbortSignal | null;
  end(): void;
} {
  const signals = askings.map(({ signal }) => signal);
  if (signals.some((signal) => signal === undefined)) return { signal: null, end: () => {} };
  const gone = new AbortController();
  const asker = requesterOf(signals[0]);
  // A shared statement is not charged to a single request.
  if (asker !== undefined)
    assignRequester(gone.signal, askings.length === 1 ? asker : { client: asker.client });
  const look = () => {
    if (signals.every((signal) => signal?.aborted)) gone.abort();
  };
  for (const signal of signals) signal?.addEventListener("abort", look, { once: true });
  look();
  return {
    signal: gone.signal,
    end: () => {
      for (const signal of signals) signal?.removeEventListener("abort", look);
    },
  };
}

/** The data source of loaders: the database, and its cached rows. */
export type Rows = Pick<Database, "db" | "pool"> & {
  /** Absent if nothing is cached. */
  readonly kept?: RowCache | undefined;
  /** Merges the states of papers. Defaults to a new instance. */
  readonly states?: PaperStates;
};

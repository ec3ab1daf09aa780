import { AsyncLocalStorage } from "node:async_hooks";
import type { Summaries } from "../../graph/index.ts";
import { loaderBatches } from "../../runtime/index.ts";
import {
  assignRequester,
  cancellableQueries,
  type Database,
  type PaperStates,
  type Queryable,
  requesterOf,
} from "../../store/index.ts";
import type { CachedRows, RowCache } from "./row-cache.ts";

type Found<Value> = ReadonlyMap<unknown, Value>;

type BatchRequest<Key, Value> = {
  readonly keys: readonly Key[];
  readonly signal: AbortSignal | undefined;
  readonly resolve: (found: Found<Value>) => void;
  readonly reject: (error: unknown) => void;
  /** Runs work in the caller's async context; absent without subscribers. */
  readonly inContext: (<Result>(work: () => Result) => Result) | undefined;
};

/** Concurrent statements of one kind; later callers share the next one. */
const maxRunning = 2;

/**
 * One statement for the keys of many requests: keys requested within a turn of the event loop, or while earlier
 * statements run, are sent together. A busy server sends a fraction of the statements, and an idle one does not wait.
 *
 * The statement runs after each of its requests has arrived, so no request sees older data than without sharing.
 */
export class SharedBatches<Key, Value> {
  readonly #source: LoaderSource;
  readonly #read: (sender: Queryable, keys: readonly Key[]) => Promise<Found<Value>>;
  readonly #cached: CachedRows<Key, Value> | undefined;
  /** The maximum number of keys of one request in a statement, and of all that share it. */
  readonly maxBatchSize: number;
  /** The value of keys that are not found. */
  readonly #absent: Value;
  #waiting: BatchRequest<Key, Value>[] = [];
  #running = 0;
  #isScheduled = false;

  constructor(
    source: LoaderSource,
    absent: Value,
    read: (sender: Queryable, keys: readonly Key[]) => Promise<Found<Value>>,
    rowsPerKey = 1,
    cached: CachedRows<Key, Value> | undefined = source.cache?.section(),
  ) {
    this.maxBatchSize = maxKeysPerStatement(rowsPerKey);
    this.#source = source;
    this.#read = read;
    this.#absent = absent;
    this.#cached = cached;
  }

  /** The cached value of a key; undefined if a statement is needed. */
  cached(key: Key, version: string): Value | undefined {
    return this.#cached?.get(key, version);
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
      if (version !== null) this.#cached?.set(key, value, version);
      return value;
    });
  }

  #schedule(): void {
    if (this.#isScheduled || this.#running >= maxRunning || this.#waiting.length === 0) return;
    this.#isScheduled = true;
    afterEndOfTurn(() => {
      this.#isScheduled = false;
      void this.#send(this.#take());
    });
  }

  #take(): BatchRequest<Key, Value>[] {
    let keys = 0;
    const end = this.#waiting.findIndex((request) => {
      keys += request.keys.length;
      return keys > this.maxBatchSize;
    });
    return end < 0 ? this.#waiting.splice(0) : this.#waiting.splice(0, Math.max(1, end));
  }

  async #send(requests: readonly BatchRequest<Key, Value>[]): Promise<void> {
    this.#running++;
    try {
      await this.#answer(requests);
    } finally {
      this.#running--;
      this.#schedule();
    }
  }

  async #answer(requests: readonly BatchRequest<Key, Value>[]): Promise<void> {
    const [first] = requests;
    const keys =
      requests.length === 1 && first !== undefined
        ? first.keys
        : [...new Set(requests.flatMap((request) => request.keys))];
    const watched = watchSignals(requests);
    try {
      const { pool } = this.#source;
      const sender = watched.signal === null ? pool : cancellableQueries(pool, watched.signal);
      const read = () => this.#read(sender, keys);
      const send = () => loaderBatches.run({ keys: keys.length, requests: requests.length }, read);
      // A shared statement runs in the context of its first caller.
      const found = await (first?.inContext === undefined ? read() : first.inContext(send));
      for (const { resolve } of requests) resolve(found);
    } catch (error) {
      if (requests.length === 1) first?.reject(error);
      // A key that the server cannot read is one caller's fault; the others still get their answer.
      else for (const request of requests) await this.#answer([request]);
    } finally {
      watched.end();
    }
  }
}

/** A SharedBatches for each number of rows that statements read of a key. */
export class SharedBatchesByLimit<Key, Value> {
  /** One for each page size at most. */
  readonly #byLimit = new Map<number, SharedBatches<Key, Value>>();
  readonly #create: (limit: number) => SharedBatches<Key, Value>;

  constructor(
    source: LoaderSource,
    absent: Value,
    read: (sender: Queryable, keys: readonly Key[], limit: number) => Promise<Found<Value>>,
    createCache: () => CachedRows<Key, Value> | undefined = () => source.cache?.section(),
  ) {
    this.#create = (limit) =>
      new SharedBatches(source, absent, (sender, keys) => read(sender, keys, limit), limit, createCache());
  }

  for(limit: number): SharedBatches<Key, Value> {
    const batches = this.#byLimit.get(limit) ?? this.#create(limit);
    this.#byLimit.set(limit, batches);
    return batches;
  }
}

/** What is made once for each set of columns that statements read. */
export class PerSet<Columns, Made> {
  readonly #made = new Map<Columns, Made>();
  readonly #make: (columns: Columns) => Made;

  constructor(make: (columns: Columns) => Made) {
    this.#make = make;
  }

  for(columns: Columns): Made {
    let made = this.#made.get(columns);
    if (made === undefined) {
      made = this.#make(columns);
      this.#made.set(columns, made);
    }
    return made;
  }
}

/** A signal that is aborted once all callers are gone; null if one of them cannot cancel. */
function watchSignals(requests: readonly { readonly signal: AbortSignal | undefined }[]): {
  readonly signal: AbortSignal | null;
  end(): void;
} {
  const signals = requests.map(({ signal }) => signal);
  if (signals.some((signal) => signal === undefined)) return { signal: null, end: () => {} };
  const abandoned = new AbortController();
  const requester = requesterOf(signals[0]);
  // A shared statement is not charged to a single request.
  if (requester !== undefined)
    assignRequester(abandoned.signal, requests.length === 1 ? requester : { client: requester.client });
  const abortIfAbandoned = () => {
    if (signals.every((signal) => signal?.aborted)) abandoned.abort();
  };
  for (const signal of signals) signal?.addEventListener("abort", abortIfAbandoned, { once: true });
  abortIfAbandoned();
  return {
    signal: abandoned.signal,
    end: () => {
      for (const signal of signals) signal?.removeEventListener("abort", abortIfAbandoned);
    },
  };
}

/**
 * Resolves to the summaries of works if they are no older than the data at the call, otherwise to null.
 * `isVersionRead`: the version of the data was read for this purpose already (DataVersion).
 */
export type SummarySource = (isVersionRead: boolean) => Promise<Summaries | null>;

/** The data source of loaders: the database, and its cached rows. */
export type LoaderSource = Pick<Database, "db" | "pool"> & {
  /** Absent if nothing is cached. */
  readonly cache?: RowCache | undefined;
  /** Absent if nothing has summaries. */
  readonly summaries?: SummarySource | undefined;
  /** Merges the states of papers. Defaults to a new instance. */
  readonly states?: PaperStates;
};

let atEnd: (() => void)[] = [];
let afterEnd: (() => void)[] = [];
let isScheduled = false;

function endTurn(): void {
  isScheduled = false;
  const first = atEnd;
  atEnd = [];
  for (const work of first) work();
  const second = afterEnd;
  afterEnd = [];
  for (const work of second) work();
}

function schedule(): void {
  if (isScheduled) return;
  isScheduled = true;
  setImmediate(endTurn);
}

/** Runs work at the end of this turn of the event loop, when all resolvers that can continue have done so. */
export function atEndOfTurn(work: () => void): void {
  atEnd.push(work);
  schedule();
}

/** Runs work after all `atEndOfTurn` work of this turn, when all requests have requested their keys. */
function afterEndOfTurn(work: () => void): void {
  afterEnd.push(work);
  schedule();
}

/*
 * The limits of one statement of a loader. Its rows arrive together, and everything that waits for them continues in
 * one turn of the event loop.
 */
const maxKeys = 500;
export const maxRowsPerStatement = 20_000;

/** The maximum number of keys of a statement if each has up to `rowsPerKey` rows. */
export function maxKeysPerStatement(rowsPerKey: number): number {
  return Math.max(1, Math.min(maxKeys, Math.floor(maxRowsPerStatement / Math.max(1, rowsPerKey))));
}

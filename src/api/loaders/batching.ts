import DataLoader from "dataloader";
import type { Summaries } from "../../graph/index.ts";
import { loaderBatches } from "../../runtime/index.ts";
import { asExpensive, runWithSignal } from "../../store/index.ts";
import type { Allowance } from "../execution/index.ts";
import type { ColumnSet } from "./columns.ts";
import type { RowCache } from "./row-cache.ts";
import type { SharedRows } from "./rows.ts";
import {
  atEndOfTurn,
  type LoaderSource,
  maxKeysPerStatement,
  type SharedBatches,
  type SummarySource,
} from "./shared-batches.ts";

/** A row from summaries; undefined if it or one of the columns is not there. */
export type FromSummaries<Row> = (
  summaries: Summaries,
  key: bigint,
  columns: ColumnSet<Row>,
) => Row | undefined;

type Loaded<Key, Value> = { load(key: Key): Promise<Value> };

/** A loader of one request: returns a cached value at once, any other after a batch. */
export class RowLoader<Key, Value> {
  readonly #create: () => Loaded<Key, Value>;
  readonly #cached: ((key: Key) => Value | undefined) | undefined;
  /** Created on first use: a request uses few of its loaders. */
  #batched: Loaded<Key, Value> | undefined;

  constructor(create: () => Loaded<Key, Value>, cached?: (key: Key) => Value | undefined) {
    this.#create = create;
    this.#cached = cached;
  }

  /** Returns no promise if none is needed: thousands of fields without promises are several times faster. */
  get(key: Key): Value | Promise<Value> {
    const value = this.#cached?.(key);
    return value === undefined ? this.#loader.load(key) : value;
  }

  async load(key: Key): Promise<Value> {
    return this.get(key);
  }

  /** In the order of the keys; without a promise if all are cached. Rejects if one cannot be loaded. */
  getMany(keys: readonly Key[]): Value[] | Promise<Value[]> {
    const values = keys.map((key) => this.get(key));
    return values.some((value) => value instanceof Promise) ? Promise.all(values) : (values as Value[]);
  }

  /** The same loader; calls `work` with each value that was not cached. */
  tap(work: (value: Value) => void): RowLoader<Key, Value> {
    const load = async (key: Key): Promise<Value> => {
      const value = await this.#loader.load(key);
      work(value);
      return value;
    };
    return new RowLoader(() => ({ load }), this.#cached);
  }

  get #loader(): Loaded<Key, Value> {
    this.#batched ??= this.#create();
    return this.#batched;
  }
}

/**
 * The loaders of one request. Their batches are sent level by level: keys requested while statements run wait until all
 * of these have answered. So the number of statements depends on the query alone; otherwise, two lists that arrive a
 * moment apart would each query their papers.
 */
export class Batches {
  /** The remaining budget of the request. */
  readonly allowance: Allowance;
  readonly #signal: AbortSignal | undefined;
  readonly #cache: RowCache | undefined;
  readonly #summarySource: SummarySource | undefined;
  #running = 0;
  #waiting: (() => void)[] = [];
  #isScheduled = false;
  /** The version of the cached rows that this request sees; null until it is known. */
  #version: string | null = null;
  /** All reads of the request use the same. */
  #summaries: Summaries | null = null;
  #versionRead: Promise<void> | undefined;

  /** Once the signal is aborted, running reads end and no more start. */
  constructor(
    allowance: Allowance,
    signal?: AbortSignal,
    { cache, summaries }: Pick<LoaderSource, "cache" | "summaries"> = {},
  ) {
    this.allowance = allowance;
    this.#signal = signal;
    this.#cache = cache;
    this.#summarySource = summaries;
  }

  /** Whether works and papers are found in memory; false until the request's first level has been read. */
  get hasSummaries(): boolean {
    return this.#summaries !== null;
  }

  /**
   * A loader whose batch function returns a map; keys that are missing there have the value `absent`. `rowsPerKey` is
   * the maximum number of rows of a key, which limits the keys of a statement.
   */
  loader<Key, Value>(
    load: (keys: readonly Key[]) => Promise<ReadonlyMap<unknown, Value>>,
    absent: Value,
    cacheKeyOf: (key: Key) => unknown = (key) => key,
    rowsPerKey = 1,
  ): RowLoader<Key, Value> {
    const loadAll = async (keys: readonly Key[]) => {
      const batch = { keys: keys.length, requests: 1 };
      const found = await this.track(() => loaderBatches.run(batch, () => load(keys)));
      return keys.map((key) => found.get(cacheKeyOf(key)) ?? absent);
    };
    const batchScheduleFn = (dispatch: () => void) => this.#wait(dispatch);
    const maxBatchSize = maxKeysPerStatement(rowsPerKey);
    return new RowLoader(
      () => new DataLoader(loadAll, { cacheKeyFn: cacheKeyOf, batchScheduleFn, maxBatchSize }),
    );
  }

  /** A loader whose statements are shared with other requests; they end early only if all of those are cancelled. */
  sharedLoader<Key, Value>(batches: SharedBatches<Key, Value>): RowLoader<Key, Value> {
    const cached = (key: Key) => (this.#version === null ? undefined : batches.cached(key, this.#version));
    const loadAll = async (keys: readonly Key[]) => {
      const values = keys.map(cached);
      const missing = keys.filter((_, index) => values[index] === undefined);
      if (missing.length === 0) return values as Value[];
      const found = await this.extendLevel(() => batches.load(missing, this.#signal, this.#version));
      let next = 0;
      return values.map((value) => (value === undefined ? (found[next++] as Value) : value));
    };
    const batchScheduleFn = (dispatch: () => void) => {
      void this.#readVersion();
      this.#wait(dispatch);
    };
    const { maxBatchSize } = batches;
    return new RowLoader(
      () => new DataLoader<Key, Value, unknown>(loadAll, { batchScheduleFn, maxBatchSize }),
      cached,
    );
  }

  /** The rows of a table; a statement of a level reads them with the columns of all its fields. */
  rowLoaders<Row extends object>(rows: SharedRows<Row>, fromSummaries: FromSummaries<Row>): RowLoaders<Row> {
    const cached = (key: bigint, columns: ColumnSet<Row>) => {
      const row = this.#summaries === null ? undefined : fromSummaries(this.#summaries, key, columns);
      if (row !== undefined) return row;
      return this.#version === null ? undefined : rows.cached(key, columns, this.#version);
    };
    const load = async (needs: readonly RowNeed<Row>[]) => {
      const values = needs.map(({ key, columns }) => cached(key, columns));
      const missing = needs.filter((_, index) => values[index] === undefined);
      if (missing.length === 0) return values as (Row | null)[];
      const columns = missing.reduce((all, need) => all.union(need.columns), rows.columns.key);
      const keys = [...new Set(missing.map(({ key }) => key))];
      const found = await this.extendLevel(() =>
        rows.batches(columns).load(keys, this.#signal, this.#version),
      );
      const byKey = new Map(keys.map((key, index) => [key, found[index] ?? null]));
      return values.map((value, index) =>
        value === undefined ? (byKey.get((needs[index] as RowNeed<Row>).key) ?? null) : value,
      );
    };
    const batchScheduleFn = (dispatch: () => void) => {
      void this.#readVersion();
      this.#wait(dispatch);
    };
    const maxBatchSize = maxKeysPerStatement(1);
    return new RowLoaders(
      rows,
      cached,
      () => new DataLoader(load, { cache: false, batchScheduleFn, maxBatchSize }),
    );
  }

  /** Delays the first level of loaders. */
  #readVersion(): Promise<void> {
    this.#versionRead ??=
      this.#cache === undefined && this.#summarySource === undefined
        ? Promise.resolve()
        : this.extendLevel(async () => {
            const version = (await this.#cache?.version()) ?? null;
            this.#summaries = (await this.#summarySource?.(version !== null)) ?? null;
            this.#version = version;
          });
    return this.#versionRead;
  }

  /** The result of an expensive query, cached with the rows until the data changes. */
  async cached<Result>(query: string, compute: () => Promise<Result>): Promise<Result> {
    if (this.#cache === undefined) return compute();
    const { results } = this.#cache;
    await this.#readVersion();
    if (this.#version === null) return compute();
    const known = results.get(query, this.#version) as Result | undefined;
    if (known !== undefined) return known;
    const result = await compute();
    results.set(query, result, this.#version);
    return result;
  }

  #wait(dispatch: () => void): void {
    this.#waiting.push(dispatch);
    this.#schedule();
  }

  /** Runs statements that belong to the current level. They must not wait for a loader of this request. */
  track<Result>(work: () => Promise<Result>): Promise<Result> {
    const signal = this.#signal;
    const start = () => (signal === undefined ? work() : runWithSignal(signal, work));
    return this.extendLevel(() => {
      signal?.throwIfAborted();
      // Building hundreds of statements takes time as well.
      return this.allowance.isTurnOver ? this.allowance.waitForTurn().then(start) : start();
    });
  }

  /** As `track`, for statements that read much to answer little: few of them run at a time, over all requests. */
  trackExpensive<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.track(() => asExpensive(work));
  }

  /** Extends the current level until this work ends. Others may share the work, and it does not end with the signal. */
  async extendLevel<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#running++;
    try {
      return await work();
    } catch (error) {
      throw this.#signal?.aborted ? this.#signal.reason : error;
    } finally {
      this.#running--;
      this.#schedule();
    }
  }

  #schedule(): void {
    if (this.#running > 0 || this.#waiting.length === 0 || this.#isScheduled) return;
    this.#isScheduled = true;
    // By then all resolvers that can continue have done so, and have requested their keys.
    atEndOfTurn(() => {
      this.#isScheduled = false;
      if (this.#running > 0) return;
      const level = this.#waiting;
      this.#waiting = [];
      for (const dispatch of level) dispatch();
    });
  }
}

/** A row to load, and the columns of it that are needed. */
type RowNeed<Row> = { readonly key: bigint; readonly columns: ColumnSet<Row> };
/** What a request has of a row, or waits for. */
type KnownRow<Row> = { row: Row | null | Promise<Row | null>; columns: ColumnSet<Row> };

/** The rows of one table in one request. */
export class RowLoaders<Row extends object> {
  readonly #rows: Pick<SharedRows<Row>, "columns" | "rowOfKey">;
  readonly #cached: (key: bigint, columns: ColumnSet<Row>) => Row | null | undefined;
  readonly #create: () => DataLoader<RowNeed<Row>, Row | null>;
  #batched: DataLoader<RowNeed<Row>, Row | null> | undefined;
  readonly #known = new Map<bigint, KnownRow<Row>>();
  readonly #loaders = new Map<ColumnSet<Row>, RowLoader<bigint, Row | null>>();

  constructor(
    rows: Pick<SharedRows<Row>, "columns" | "rowOfKey">,
    cached: (key: bigint, columns: ColumnSet<Row>) => Row | null | undefined,
    create: () => DataLoader<RowNeed<Row>, Row | null>,
  ) {
    this.#rows = rows;
    this.#cached = cached;
    this.#create = create;
  }

  /** A loader of rows with these columns. */
  for<Name extends keyof Row>(columns: ColumnSet<Row, Name>): RowLoader<bigint, Pick<Row, Name> | null> {
    let loader = this.#loaders.get(columns);
    if (loader === undefined) {
      const batched = { load: (key: bigint) => this.#load(key, columns) };
      loader = new RowLoader(
        () => batched,
        (key) => this.#inMemory(key, columns),
      );
      this.#loaders.set(columns, loader);
    }
    return loader;
  }

  /** As `for`, for rows that another row refers to: if only the key is needed, nothing is read. */
  referred<Name extends keyof Row>(
    columns: ColumnSet<Row, Name>,
  ): Pick<RowLoader<bigint, Pick<Row, Name> | null>, "get"> {
    return this.#rows.columns.key.includes(columns) ? { get: this.#rows.rowOfKey } : this.for(columns);
  }

  /** Adds a row that was read elsewhere with these columns. */
  add(key: bigint, row: Row, columns: ColumnSet<Row>): void {
    if (!this.#known.get(key)?.columns.includes(columns)) this.#known.set(key, { row, columns });
  }

  #inMemory(key: bigint, columns: ColumnSet<Row>): Row | null | undefined {
    const known = this.#known.get(key);
    if (known !== undefined && !(known.row instanceof Promise) && known.columns.includes(columns)) {
      return known.row;
    }
    return this.#cached(key, columns);
  }

  #load(key: bigint, columns: ColumnSet<Row>): Promise<Row | null> {
    const known = this.#known.get(key);
    if (known?.row instanceof Promise && known.columns.includes(columns)) return known.row;
    this.#batched ??= this.#create();
    const loading = this.#batched.load({ key, columns });
    const entry: KnownRow<Row> = { row: loading, columns };
    this.#known.set(key, entry);
    loading.then(
      (row) => {
        entry.row = row;
        entry.columns = this.#rows.columns.read(columns);
      },
      () => {},
    );
    return loading;
  }
}

/** A loader for each set of arguments: the same list with the same arguments under many parents is one statement. */
export class LoadersByArguments<Arguments, Key, Value> {
  readonly #loaders = new Map<string, RowLoader<Key, Value>>();
  readonly #create: (args: Arguments) => RowLoader<Key, Value>;

  constructor(create: (args: Arguments) => RowLoader<Key, Value>) {
    this.#create = create;
  }

  for(args: Arguments): RowLoader<Key, Value> {
    const name = JSON.stringify(args);
    const loader = this.#loaders.get(name) ?? this.#create(args);
    this.#loaders.set(name, loader);
    return loader;
  }
}

/** Rows by a key that each has for itself. */
export function keyBy<Row, Key>(rows: readonly Row[], keyOf: (row: Row) => Key): Map<Key, Row> {
  return new Map(rows.map((row) => [keyOf(row), row]));
}

/** Groups rows by key, preserving their order. */
export function groupBy<Row, Key>(rows: readonly Row[], keyOf: (row: Row) => Key): Map<Key, Row[]> {
  const groups = new Map<Key, Row[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group === undefined) groups.set(keyOf(row), [row]);
    else group.push(row);
  }
  return groups;
}

/**
 * Returns a row that another row refers to. Both are derived in one transaction, so it exists; but the pair may be
 * replaced between two statements of one request, and then this throws.
 */
export function required<Row>(row: Row | null | Promise<Row | null>, name: string): Row | Promise<Row> {
  if (row instanceof Promise) return row.then((found) => required(found, name));
  if (row === null) throw new Error(`The tables have no ${name}, although another row refers to it.`);
  return row;
}

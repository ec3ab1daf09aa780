import DataLoader from "dataloader";
import { untilAborted } from "../../store/cancellation.ts";
import type { Gathered } from "./gathered.ts";
import { whenSettled } from "./turn.ts";

/**
 * The loaders of one request. Their batches go out level by level: what is asked for while statements run waits
 * until all of them have answered. So the number of statements follows from the query alone; without that, two
 * lists that arrive a moment apart would each ask for their papers.
 */
export class Batches {
  readonly #signal: AbortSignal | undefined;
  #running = 0;
  #waiting: (() => void)[] = [];
  #settling = false;

  /** Nothing more is read once the signal is aborted, and what is being read ends. */
  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /** A loader whose batch function answers with a map; keys that are not in it have the value `absent`. */
  loader<Key, Value>(
    load: (keys: readonly Key[]) => Promise<ReadonlyMap<unknown, Value>>,
    absent: Value,
    cacheKeyOf?: (key: Key) => unknown,
  ): DataLoader<Key, Value, unknown> {
    return this.#loader((keys) => this.track(() => load(keys)), absent, cacheKeyOf);
  }

  #loader<Key, Value>(
    load: (keys: readonly Key[]) => Promise<ReadonlyMap<unknown, Value>>,
    absent: Value,
    cacheKeyOf: (key: Key) => unknown = (key) => key,
  ): DataLoader<Key, Value, unknown> {
    return new DataLoader<Key, Value, unknown>(
      async (keys) => {
        const found = await load(keys);
        return keys.map((key) => found.get(cacheKeyOf(key)) ?? absent);
      },
      {
        cacheKeyFn: cacheKeyOf,
        batchScheduleFn: (dispatch) => {
          this.#waiting.push(dispatch);
          this.#settle();
        },
      },
    );
  }

  /** A loader whose statements carry the keys of other requests as well; they end once all of those are given up. */
  gathered<Key, Value>(
    gathered: Gathered<Key, Value>,
    absent: Value,
    cacheKeyOf?: (key: Key) => unknown,
  ): DataLoader<Key, Value, unknown> {
    return this.#loader((keys) => this.hold(() => gathered.load(keys, this.#signal)), absent, cacheKeyOf);
  }

  /** Runs statements that belong to the present level. They must not wait for a loader of this request. */
  track<Result>(work: () => Promise<Result>): Promise<Result> {
    const signal = this.#signal;
    if (signal === undefined) return this.hold(work);
    return this.hold(() => {
      signal.throwIfAborted();
      return untilAborted(signal, work);
    });
  }

  /** The present level lasts as long as this work, which others may share and which does not end with the signal. */
  async hold<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#running++;
    try {
      return await work();
    } catch (error) {
      throw this.#signal?.aborted ? this.#signal.reason : error;
    } finally {
      this.#running--;
      this.#settle();
    }
  }

  #settle(): void {
    if (this.#running > 0 || this.#waiting.length === 0 || this.#settling) return;
    this.#settling = true;
    // By then every resolver that can go on has gone on, and has asked for what it needs.
    whenSettled(() => {
      this.#settling = false;
      if (this.#running > 0) return;
      const level = this.#waiting;
      this.#waiting = [];
      for (const dispatch of level) dispatch();
    });
  }
}

/**
 * One loader for each set of arguments: the same list with the same arguments under many parents is one
 * statement.
 */
export class LoadersByArguments<Arguments, Key, Value> {
  readonly #loaders = new Map<string, DataLoader<Key, Value, unknown>>();
  readonly #create: (given: Arguments) => DataLoader<Key, Value, unknown>;

  constructor(create: (given: Arguments) => DataLoader<Key, Value, unknown>) {
    this.#create = create;
  }

  of(given: Arguments): DataLoader<Key, Value, unknown> {
    const name = JSON.stringify(given);
    const loader = this.#loaders.get(name) ?? this.#create(given);
    this.#loaders.set(name, loader);
    return loader;
  }
}

/** Puts rows under their parents, in the order in which they come. */
export function groupBy<Row, Key>(rows: readonly Row[], keyOf: (row: Row) => Key): Map<Key, Row[]> {
  const groups = new Map<Key, Row[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group === undefined) groups.set(keyOf(row), [row]);
    else group.push(row);
  }
  return groups;
}

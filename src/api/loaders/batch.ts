import DataLoader from "dataloader";
import { ApiError } from "../errors.ts";
import type { Gathered } from "./gathered.ts";
import { whenSettled } from "./turn.ts";

/**
 * The loaders of one request. Their batches go out level by level: what is asked for while statements run waits
 * until all of them have answered. So the number of statements follows from the query alone; without that, two
 * lists that arrive a moment apart would each ask for their papers.
 */
export class Batches {
  #running = 0;
  #waiting: (() => void)[] = [];
  #settling = false;
  readonly #signal: AbortSignal | undefined;

  /** The signal is aborted once nobody waits for the request's answer any more. */
  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /** A loader whose batch function answers with a map; keys that are not in it have the value `absent`. */
  loader<Key, Value>(
    load: (keys: readonly Key[]) => Promise<ReadonlyMap<unknown, Value>>,
    absent: Value,
    cacheKeyOf: (key: Key) => unknown = (key) => key,
  ): DataLoader<Key, Value, unknown> {
    return new DataLoader<Key, Value, unknown>(
      async (keys) => {
        const found = await this.track(() => load(keys));
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

  /** A loader whose statements carry the keys of other requests as well. */
  gathered<Key, Value>(
    gathered: Gathered<Key, Value>,
    absent: Value,
    cacheKeyOf?: (key: Key) => unknown,
  ): DataLoader<Key, Value, unknown> {
    return this.loader((keys) => gathered.load(keys, this.#signal), absent, cacheKeyOf);
  }

  /** Runs a statement that belongs to the present level. It must not wait for a loader of this request. */
  async track<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#running++;
    try {
      return await work();
    } catch (error) {
      throw this.#signal?.aborted ? new ApiError("CANCELLED", "The request was given up.") : error;
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

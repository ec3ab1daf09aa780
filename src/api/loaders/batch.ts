import DataLoader from "dataloader";

/** A loader whose batch function answers with a map; keys that are not in it have the value `absent`. */
export function mapLoader<Key, Value>(
  load: (keys: readonly Key[]) => Promise<ReadonlyMap<unknown, Value>>,
  absent: Value,
  cacheKeyOf: (key: Key) => unknown = (key) => key,
): DataLoader<Key, Value, unknown> {
  return new DataLoader<Key, Value, unknown>(
    async (keys) => {
      const found = await load(keys);
      return keys.map((key) => found.get(cacheKeyOf(key)) ?? absent);
    },
    { cacheKeyFn: cacheKeyOf },
  );
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

import { randomOf } from "../../bench/graph/random.ts";

/** Random numbers from a seed: the same on every run and every machine. */
export type Random = {
  /** From 0 up to, but not including, 1. */
  readonly next: () => number;
  /** From 0 to `bound` − 1. */
  readonly below: (bound: number) => number;
  readonly chance: (probability: number) => boolean;
  readonly pick: <Item>(items: readonly Item[]) => Item;
  readonly shuffle: <Item>(items: readonly Item[]) => Item[];
  /** `items` cut into runs of 1 to `longest` items. */
  readonly split: <Item>(items: readonly Item[], longest: number) => Item[][];
};

export function randomFrom(seed: number): Random {
  const next = randomOf(seed);
  const below = (bound: number) => Math.floor(next() * bound);
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    pick: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new Error("There is nothing to pick from.");
      return item;
    },
    shuffle: (items) => {
      const rest = [...items];
      return items.flatMap(() => rest.splice(below(rest.length), 1));
    },
    split: (items, longest) => {
      const runs = [];
      for (let from = 0; from < items.length; ) {
        const length = 1 + below(longest);
        runs.push(items.slice(from, from + length));
        from += length;
      }
      return runs;
    },
  };
}

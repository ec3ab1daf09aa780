import type { Context } from "../context.ts";

/** Items that share one wait: an executor that takes all items at once gets a promise for each. */
const itemsTogether = 32;

/**
 * A list that an executor completes in several turns of the event loop: where the present one is over, the next items
 * are promises. One that waits for a promise before it takes the next item needs only one for each turn.
 */
export class PacedList<Item> implements Iterable<Item | Promise<Item>> {
  readonly #items: readonly Item[];
  readonly #context: Pick<Context, "allowance" | "loaders">;

  constructor(items: readonly Item[], context: Pick<Context, "allowance" | "loaders">) {
    this.#items = items;
    this.#context = context;
  }

  *[Symbol.iterator](): Iterator<Item | Promise<Item>> {
    const { allowance, loaders } = this.#context;
    let turn: Promise<void> | undefined;
    let left = 0;
    for (const item of this.#items) {
      if (left === 0) {
        if (!allowance.isTurnOver) {
          yield item;
          continue;
        }
        allowance.check();
        turn = allowance.pause(loaders.batches);
        left = itemsTogether;
      }
      left--;
      yield (turn as Promise<void>).then(() => item);
    }
  }
}

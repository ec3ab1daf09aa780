import type { Context } from "../context.ts";

/** Items that share one wait. */
const itemsTogether = 32;

/** A list that is completed in several turns of the event loop: once the present one is over, items are promises. */
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
        // Nobody sees what a request makes that has ended: no more is made, and no promise is left behind.
        if (allowance.hasEnded) return;
        turn = allowance.pause(loaders.batches);
        left = itemsTogether;
      }
      left--;
      yield (turn as Promise<void>).then(() => item);
    }
  }
}

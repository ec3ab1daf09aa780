/** How long a piece of work may keep everything else in its thread waiting, in milliseconds. */
const longest = 1;

/**
 * Divides long work of the processor into turns: between two of them the thread goes on with whatever else waits,
 * above all with a batch that is being written while the next is verified.
 */
export class Turns {
  #began = performance.now();

  /** Whether the turn is over, and `next` is to be awaited. */
  get isOver(): boolean {
    return performance.now() - this.#began >= longest;
  }

  async next(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#began = performance.now();
  }
}

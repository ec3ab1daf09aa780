type Entry<Position> = { readonly position: Position; isComplete: boolean };

/**
 * The last consecutive completion: positions begin in their order and complete in any; the cursor stands at the last
 * one before which everything is complete.
 */
export class ConsecutiveCursor<Position> {
  readonly #open: Entry<Position>[] = [];

  /**
   * Begins a position, behind all that have begun.
   *
   * @returns what completes it: gives where the cursor stands now, or null where it has not moved.
   */
  begin(position: Position): () => Position | null {
    const entry: Entry<Position> = { position, isComplete: false };
    this.#open.push(entry);
    return () => {
      entry.isComplete = true;
      return this.#advance();
    };
  }

  /** How many have begun and are not passed yet. */
  get open(): number {
    return this.#open.length;
  }

  #advance(): Position | null {
    const gap = this.#open.findIndex(({ isComplete }) => !isComplete);
    const passed = this.#open.splice(0, gap < 0 ? this.#open.length : gap);
    return passed.at(-1)?.position ?? null;
  }
}

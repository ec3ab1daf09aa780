type Entry<Position> = { readonly position: Position; isComplete: boolean };

/**
 * A cursor over positions that begin in order and complete in any order. After `begin(1)` and `begin(2)`: completing 2
 * returns null, completing 1 then returns 2.
 */
export class ConsecutiveCursor<Position> {
  readonly #open: Entry<Position>[] = [];

  /**
   * Begins a position after all others.
   *
   * @returns a function that completes it and returns the cursor's new position, or null if it did not move.
   */
  begin(position: Position): () => Position | null {
    const entry: Entry<Position> = { position, isComplete: false };
    this.#open.push(entry);
    return () => {
      entry.isComplete = true;
      return this.#advance();
    };
  }

  /** The number of positions begun and not yet passed by the cursor. */
  get open(): number {
    return this.#open.length;
  }

  #advance(): Position | null {
    const gap = this.#open.findIndex(({ isComplete }) => !isComplete);
    const passed = this.#open.splice(0, gap < 0 ? this.#open.length : gap);
    return passed.at(-1)?.position ?? null;
  }
}

import type { Position } from "./position.ts";

type Sample = { readonly at: number; readonly position: Position };

/**
 * How far the primary had come at which time, for telling how far a replica is behind in time. Nothing has to be
 * written for it and no clock but our own is read: a replica that has come to a position has all that was committed
 * when the primary was there. On a primary where nothing happens, all who have come to its end are up to date.
 */
export class PrimaryHistory {
  readonly #span: number;
  #samples: Sample[] = [];

  /** Looks back so many milliseconds. */
  constructor(span: number) {
    this.#span = span;
  }

  /** The primary was at a position, or beyond, at a time in milliseconds by one clock: before it was asked. */
  add(at: number, position: Position): void {
    const last = this.#samples.at(-1);
    // A primary that goes back is another one: what was known of the old one tells nothing.
    if (last !== undefined && position < last.position) this.#samples = [];
    this.#samples.push({ at, position });
    const oldest = this.#samples.findIndex((sample) => sample.at >= at - this.#span);
    this.#samples.splice(0, oldest);
  }

  /**
   * Milliseconds that who has replayed to a position was behind when the primary was last asked; Infinity where that is
   * more than it looks back, and while nothing is known.
   */
  millisecondsBehind(replayed: Position): number {
    const last = this.#samples.at(-1);
    const reached = this.#samples.findLast(({ position }) => position <= replayed);
    return last === undefined || reached === undefined ? Number.POSITIVE_INFINITY : last.at - reached.at;
  }
}

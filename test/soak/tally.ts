import { quantile } from "../../bench/graph/compare.ts";

/** One request, as its client saw it. Times are of `performance.now()`. */
export type Asked = {
  readonly kind: string;
  readonly from: number;
  readonly to: number;
  /** What went wrong, in a word or two; null where the answer was right. */
  readonly error: string | null;
};

/** While something was injected, and until all was well again. */
export type Window = { readonly from: number; readonly to: number };

/** Requests, errors and latencies of a run. */
export class Tally {
  readonly #asked: Asked[] = [];

  add(asked: Asked): void {
    this.#asked.push(asked);
  }

  get count(): number {
    return this.#asked.length;
  }

  /** Errors by kind: those that touch a window, and those that do not. */
  errors(windows: readonly Window[]): {
    readonly during: Map<string, number>;
    readonly outside: Map<string, number>;
  } {
    const during = new Map<string, number>();
    const outside = new Map<string, number>();
    for (const asked of this.#asked) {
      if (asked.error === null) continue;
      const counts = windows.some((window) => touches(asked, window)) ? during : outside;
      counts.set(asked.error, (counts.get(asked.error) ?? 0) + 1);
    }
    return { during, outside };
  }

  /** Of each kind how many there were, and quantiles of the milliseconds of those answered outside the windows. */
  latencies(
    windows: readonly Window[],
  ): readonly (readonly [kind: string, count: number, times: readonly number[]])[] {
    const kinds = [...new Set(this.#asked.map(({ kind }) => kind))].sort();
    return kinds.map((kind) => {
      const own = this.#asked.filter((asked) => asked.kind === kind);
      const calm = own.filter(
        (asked) => asked.error === null && !windows.some((window) => touches(asked, window)),
      );
      const times = calm.map(({ from, to }) => to - from);
      return [kind, own.length, [0.5, 0.95, 0.99, 1].map((share) => quantile(times, share))];
    });
  }
}

function touches(asked: Asked, window: Window): boolean {
  return asked.from <= window.to && asked.to >= window.from;
}

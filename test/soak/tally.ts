import { quantile } from "../../bench/graph/compare.ts";

/** One request of a client. Times are those of `performance.now()`. */
export type CountedRequest = {
  readonly kind: string;
  readonly from: number;
  readonly to: number;
  /** A short text for the error; null if the answer was correct. */
  readonly error: string | null;
};

/** The time of a fault, up to recovery. */
export type Window = { readonly from: number; readonly to: number };

/** Requests, errors and latencies of a run. */
export class Tally {
  readonly #requests: CountedRequest[] = [];

  add(request: CountedRequest): void {
    this.#requests.push(request);
  }

  get count(): number {
    return this.#requests.length;
  }

  /** Errors by kind: those of requests during a window, and the others. */
  errors(windows: readonly Window[]): {
    readonly during: Map<string, number>;
    readonly outside: Map<string, number>;
  } {
    const during = new Map<string, number>();
    const outside = new Map<string, number>();
    for (const request of this.#requests) {
      if (request.error === null) continue;
      const counts = windows.some((window) => touches(request, window)) ? during : outside;
      counts.set(request.error, (counts.get(request.error) ?? 0) + 1);
    }
    return { during, outside };
  }

  /** The number of requests of each kind, and quantiles of the latencies of those answered outside the windows. */
  latencies(
    windows: readonly Window[],
  ): readonly (readonly [kind: string, count: number, times: readonly number[]])[] {
    const kinds = [...new Set(this.#requests.map(({ kind }) => kind))].sort();
    return kinds.map((kind) => {
      const own = this.#requests.filter((request) => request.kind === kind);
      const calm = own.filter(
        (request) => request.error === null && !windows.some((window) => touches(request, window)),
      );
      const times = calm.map(({ from, to }) => to - from);
      return [kind, own.length, [0.5, 0.95, 0.99, 1].map((share) => quantile(times, share))];
    });
  }
}

function touches(request: CountedRequest, window: Window): boolean {
  return request.from <= window.to && request.to >= window.from;
}

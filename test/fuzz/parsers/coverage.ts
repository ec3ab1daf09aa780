import { type Profiler, Session } from "node:inspector";

/** What one run did in the code of src/. */
export type Covered = {
  /** Blocks that ran, each with how often: once, twice, up to 4, 8, … */
  readonly places: readonly string[];
  /** How many blocks ran, each as often as it did: a measure of work that no clock is part of. */
  readonly steps: number;
};

/** Tells which blocks of the project's code run: V8's own count, on the sources as they are loaded. */
export class Coverage {
  readonly #session = new Session();

  constructor() {
    this.#session.connect();
    this.#post("Profiler.enable");
    this.#post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  }

  /** Since it was last asked. */
  take(): Covered {
    const { result } = this.#post("Profiler.takePreciseCoverage") as Profiler.TakePreciseCoverageReturnType;
    const places: string[] = [];
    let steps = 0;
    for (const { scriptId, url, functions } of result) {
      if (!url.includes("/src/") || url.includes("/node_modules/")) continue;
      for (const { ranges } of functions) {
        for (const { startOffset, endOffset, count } of ranges) {
          if (count === 0) continue;
          steps += count;
          places.push(`${scriptId}:${startOffset}:${endOffset}:${Math.ceil(Math.log2(count))}`);
        }
      }
    }
    return { places, steps };
  }

  close(): void {
    this.#session.disconnect();
  }

  /** The profiler answers before `post` returns. */
  #post(method: string, parameters: object = {}): unknown {
    let answer: unknown;
    let failure: Error | null = null;
    this.#session.post(method, parameters, (error, given) => {
      failure = error;
      answer = given;
    });
    if (failure !== null) throw failure;
    return answer;
  }
}

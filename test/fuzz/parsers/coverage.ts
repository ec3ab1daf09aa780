import { type Profiler, Session } from "node:inspector";

/** The code of src/ that a run executed. */
export type Covered = {
  /** The blocks that ran, each with the magnitude of its count: 1, 2, up to 4, 8, … */
  readonly places: readonly string[];
  /** The sum of the blocks' counts: a measure of work without a clock. */
  readonly steps: number;
};

/** Counts the executions of the project's blocks with V8's precise coverage of the loaded sources. */
export class Coverage {
  readonly #session = new Session();

  constructor() {
    this.#session.connect();
    this.#post("Profiler.enable");
    this.#post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  }

  /** The code that was executed since the last call. */
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

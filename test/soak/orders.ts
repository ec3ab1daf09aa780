import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** What a process under test wrote of itself; see injected.mjs. */
export type Witnessed = {
  readonly event: "start" | "clock" | "ballast" | "memory";
  readonly site: string;
  readonly command: string;
  readonly pid: number;
  readonly parent: number;
  readonly thread: number;
  /** Milliseconds since 1970, not shifted. */
  readonly at: number;
  readonly shift?: number;
  readonly megabytes?: number;
  readonly limit?: number;
  readonly free?: number;
  /** Milliseconds since the process started. */
  readonly age?: number;
  /** Seconds of all its threads, since it started. */
  readonly cpu?: number;
  /** Bytes. */
  readonly rss?: number;
  readonly heapUsed?: number;
  readonly external?: number;
};

/** What the processes under test are told to do to themselves, and what they say they did. */
export class Orders {
  readonly #orders: string;
  readonly #witness: string;
  #now = { shiftMilliseconds: 0, leaveMegabytes: null as number | null };

  constructor(folder: string) {
    this.#orders = join(folder, "orders.json");
    this.#witness = join(folder, "witness.ndjson");
    this.give({});
    writeFileSync(this.#witness, "");
  }

  give(orders: { shiftMilliseconds?: number; leaveMegabytes?: number | null }): void {
    this.#now = { ...this.#now, ...orders };
    // Whole at any time: it is read again and again.
    writeFileSync(`${this.#orders}.new`, JSON.stringify(this.#now));
    renameSync(`${this.#orders}.new`, this.#orders);
  }

  /** For a process under test. `heapMegabytes` bounds the heap of each of its threads. */
  environment(site: string, heapMegabytes: number): Record<string, string> {
    const preload = pathToFileURL(join(import.meta.dirname, "injected.mjs")).href;
    return {
      NODE_OPTIONS: `--max-old-space-size=${heapMegabytes} --import=${preload}`,
      PITH_SOAK_ORDERS: this.#orders,
      PITH_SOAK_WITNESS: this.#witness,
      PITH_SOAK_SITE: site,
    };
  }

  witnessed(event: Witnessed["event"], since = 0): Witnessed[] {
    return readFileSync(this.#witness, "utf8")
      .split("\n")
      .filter((line) => line.startsWith(`{"event":"${event}"`))
      .map((line) => JSON.parse(line) as Witnessed)
      .filter(({ at }) => at >= since);
  }
}

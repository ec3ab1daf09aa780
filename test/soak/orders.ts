import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** A report of a process under test; see injected.mjs. */
export type Witnessed = {
  readonly event: "start" | "clock" | "ballast" | "memory";
  readonly site: string;
  readonly command: string;
  readonly pid: number;
  readonly parent: number;
  readonly thread: number;
  /** Milliseconds since 1970 by the real clock. */
  readonly at: number;
  readonly shift?: number;
  readonly megabytes?: number;
  readonly limit?: number;
  readonly free?: number;
  /** Milliseconds since the process started. */
  readonly age?: number;
  /** The processor time of all its threads in seconds. */
  readonly cpu?: number;
  /** Bytes. */
  readonly rss?: number;
  readonly heapUsed?: number;
  readonly external?: number;
};

/** The orders to the processes under test, and their reports. */
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
    // Replaced atomically, because it is read repeatedly.
    writeFileSync(`${this.#orders}.new`, JSON.stringify(this.#now));
    renameSync(`${this.#orders}.new`, this.#orders);
  }

  /** The environment of a process under test. `heapMegabytes` limits the heap of each thread. */
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

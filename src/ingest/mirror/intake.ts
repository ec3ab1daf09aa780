import type { FetchResult } from "./fetch-error.ts";

/** A fetched document, or why there is none; `complete` is called once what follows from it is committed. */
export type Fetched = FetchResult & {
  /** As `outstanding_papers` names it. */
  readonly paper: string;
  readonly complete: () => void;
};

/** A batch is as large as what came while the one before was written, and at most so large. */
const mostDocuments = 500;
const mostBytes = 16_000_000;

/**
 * Gathers documents that several fetch, and has them written a batch at a time: at once where nothing is being
 * written, so that a slow document keeps no other waiting. Those who add wait while it is full.
 */
export class Intake {
  readonly #write: (batch: readonly Fetched[]) => Promise<void>;
  #waiting: Fetched[] = [];
  #bytes = 0;
  #writing: Promise<void> | null = null;
  #hasFailed = false;

  /** `write` resolves once a batch is committed. */
  constructor(write: (batch: readonly Fetched[]) => Promise<void>) {
    this.#write = write;
  }

  /** Resolves when the next may be added; rejects once a batch could not be written. */
  async add(fetched: Fetched): Promise<void> {
    this.#waiting.push(fetched);
    this.#bytes += "bytes" in fetched.delivered ? fetched.delivered.bytes.length : 0;
    const writing = this.#start();
    if (this.#hasFailed) await writing;
    while (this.#waiting.length >= mostDocuments || this.#bytes >= mostBytes) await this.#start();
  }

  /** Resolves once all that was added is committed. */
  async finish(): Promise<void> {
    while (this.#writing !== null || this.#waiting.length > 0) await this.#start();
  }

  #start(): Promise<void> {
    if (this.#writing === null) {
      this.#writing = this.#run();
      // Whoever waits sees the failure; where nobody does, the next to add or to finish will.
      this.#writing.catch(() => {});
    }
    return this.#writing;
  }

  async #run(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    this.#bytes = 0;
    try {
      await this.#write(batch);
    } catch (error) {
      // It stays rejected: nothing is written any more.
      this.#hasFailed = true;
      throw error;
    }
    this.#writing = null;
    if (this.#waiting.length > 0) this.#start();
  }
}

import type { FetchResult } from "./fetch-error.ts";

/** A fetched document, or why there is none; `complete` is called once its result is committed. */
export type Fetched = FetchResult & {
  /** The paper's name in `outstanding_papers`. */
  readonly paper: string;
  readonly complete: () => void;
};

/** A batch contains what arrived while the previous one was written, and at most this many documents. */
const mostDocuments = 500;
const mostBytes = 16_000_000;

/**
 * Collects documents from concurrent fetches and writes them in batches. An idle intake writes at once, so a slow
 * document does not delay others. Adding waits while the intake is full.
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

  /** Resolves when another document may be added; rejects after a failed write. */
  async add(fetched: Fetched): Promise<void> {
    this.#waiting.push(fetched);
    this.#bytes += "bytes" in fetched.delivered ? fetched.delivered.bytes.length : 0;
    const writing = this.#start();
    if (this.#hasFailed) await writing;
    while (this.#waiting.length >= mostDocuments || this.#bytes >= mostBytes) await this.#start();
  }

  /** Resolves once all documents added are committed. */
  async finish(): Promise<void> {
    while (this.#writing !== null || this.#waiting.length > 0) await this.#start();
  }

  #start(): Promise<void> {
    if (this.#writing === null) {
      this.#writing = this.#run();
      // Waiting callers see the failure; otherwise the next call of `add` or `finish` does.
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
      // The promise stays rejected: nothing more is written.
      this.#hasFailed = true;
      throw error;
    }
    this.#writing = null;
    if (this.#waiting.length > 0) this.#start();
  }
}

import type { QueueSize } from "../../ingest/submissions/index.ts";
import { TokenBuckets } from "../../runtime/token-buckets.ts";

type RateLimit = {
  /** A minute's worth; also what may come at once. */
  readonly documentsPerMinute: number;
  readonly bytesPerMinute: number;
};

/** Limits documents and bytes for each token. */
export class SubmissionRate {
  readonly #documents: TokenBuckets;
  readonly #bytes: TokenBuckets;

  /** `now` gives milliseconds that only grow. */
  constructor({ documentsPerMinute, bytesPerMinute }: RateLimit, now = () => performance.now()) {
    this.#documents = new TokenBuckets({ perMinute: documentsPerMinute, now });
    this.#bytes = new TokenBuckets({ perMinute: bytesPerMinute, now });
  }

  /**
   * Takes a document of so many bytes from a token's share, if there is room. A document larger than a minute's bytes
   * needs a full share.
   *
   * @returns 0, or how many seconds from now there will be room; then nothing was taken.
   */
  take(token: string, bytes: number): number {
    const wait = Math.max(this.#documents.wait(token, 1), this.#bytes.wait(token, bytes));
    if (wait > 0) return Math.max(1, Math.ceil(wait / 1000));
    this.#documents.take(token, 1);
    this.#bytes.take(token, bytes);
    return 0;
  }
}

/** Milliseconds that a count of the queue is good for: while there is room by it, and while there is none. */
const goodFor = 1_000;
const fullFor = 100;

/**
 * Keeps the whole queue, of all tokens, below its limits. What this process adds is counted as it is added, what
 * workers finish and other processes add whenever the queue is counted anew: several processes may together exceed
 * the limits by what they add in a second.
 */
export class QueueRoom {
  readonly #most: QueueSize;
  readonly #read: () => Promise<QueueSize>;
  readonly #now: () => number;
  /** As counted, with what this process has added since. */
  #size: QueueSize = { documents: 0, bytes: 0 };
  /** Let in, and perhaps not in the table yet. */
  #underWay: QueueSize = { documents: 0, bytes: 0 };
  #countedAt = Number.NEGATIVE_INFINITY;
  #counting: Promise<void> | undefined;

  /** `now` gives milliseconds that only grow. */
  constructor(most: QueueSize, read: () => Promise<QueueSize>, now: () => number = () => performance.now()) {
    this.#most = most;
    this.#read = read;
    this.#now = now;
  }

  /**
   * Makes room for documents of these sizes in bytes, in their order.
   *
   * @returns how many of them there is room for: the first so many may be added, with `settle` once they are.
   */
  async take(sizes: readonly number[]): Promise<number> {
    if (this.#age() > goodFor) await this.#count();
    if (this.#fitting(sizes).documents < sizes.length && this.#age() > fullFor) await this.#count();
    const fitting = this.#fitting(sizes);
    this.#size = sum(this.#size, fitting);
    this.#underWay = sum(this.#underWay, fitting);
    return fitting.documents;
  }

  /** They are in the table, or will not be. */
  settle(sizes: readonly number[]): void {
    for (const bytes of sizes) this.#underWay = sum(this.#underWay, { documents: -1, bytes: -bytes });
  }

  /** An empty queue takes any one document. */
  #fitting(sizes: readonly number[]): QueueSize {
    let fitting: QueueSize = { documents: 0, bytes: 0 };
    for (const bytes of sizes) {
      const next = sum(fitting, { documents: 1, bytes });
      const filled = sum(this.#size, next);
      const isFull = filled.documents > this.#most.documents || filled.bytes > this.#most.bytes;
      if (isFull && filled.documents > 1) break;
      fitting = next;
    }
    return fitting;
  }

  #age(): number {
    return this.#now() - this.#countedAt;
  }

  /** Once at a time, for all who ask meanwhile. */
  #count(): Promise<void> {
    this.#counting ??= this.#countAnew().finally(() => {
      this.#counting = undefined;
    });
    return this.#counting;
  }

  async #countAnew(): Promise<void> {
    // What is let in from here on may be missing from the count.
    const before = this.#size;
    const missing = this.#underWay;
    const counted = await this.#read();
    const added = sum(this.#size, { documents: -before.documents, bytes: -before.bytes });
    this.#size = sum(sum(counted, missing), added);
    this.#countedAt = this.#now();
  }
}

function sum(one: QueueSize, other: QueueSize): QueueSize {
  return { documents: one.documents + other.documents, bytes: one.bytes + other.bytes };
}

/** Seconds by which a document of a token that has sent nothing lately goes before others. */
const mostAhead = 3_600;
/** Documents lately sent that halve it. */
const halving = 100;
/** Documents a second that are forgotten again: about what a worker finishes. */
const forgotten = 200;

type Level = { documents: number; at: number };

/**
 * Decides how long before its time a submission is due, so that a single document does not wait behind thousands of
 * another token: the more a token has sent lately, the less. Documents of tokens that send as much are due in turn,
 * those of one token in their order, and nobody is overtaken by what comes more than an hour later. It lives in this
 * process: where several serve one database, each reckons for itself.
 */
export class Precedence {
  readonly #now: () => number;
  readonly #levels = new Map<string, Level>();

  /** `now` gives milliseconds that only grow. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Counts a document of a token, and gives the seconds by which it is due before its time. */
  take(token: string): number {
    const now = this.#now();
    const level = this.#levels.get(token) ?? { documents: 0, at: now };
    const sent = Math.max(0, level.documents - ((now - level.at) / 1000) * forgotten);
    this.#levels.set(token, { documents: sent + 1, at: now });
    return (mostAhead * halving) / (halving + sent);
  }
}

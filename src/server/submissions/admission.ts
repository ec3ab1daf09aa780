import { TokenBuckets } from "../../runtime/index.ts";
import type { QueueSize } from "../../submissions/index.ts";

type RateLimit = {
  /** Allowed per minute, and also at once. */
  readonly documentsPerMinute: number;
  readonly bytesPerMinute: number;
};

/** Limits documents and bytes for each token. */
export class SubmissionRate {
  readonly #documents: TokenBuckets;
  readonly #bytes: TokenBuckets;

  /** `now` returns milliseconds that only grow. */
  constructor({ documentsPerMinute, bytesPerMinute }: RateLimit, now = () => performance.now()) {
    this.#documents = new TokenBuckets({ perMinute: documentsPerMinute, now });
    this.#bytes = new TokenBuckets({ perMinute: bytesPerMinute, now });
  }

  /**
   * Takes a document of `bytes` bytes from a token's share, if there is room. A document larger than a minute's bytes
   * needs a full share.
   *
   * @returns 0, or the seconds until there is room; then nothing was counted.
   */
  take(token: string, bytes: number): number {
    const wait = Math.max(this.#documents.wait(token, 1), this.#bytes.wait(token, bytes));
    if (wait > 0) return Math.max(1, Math.ceil(wait / 1000));
    this.#documents.take(token, 1);
    this.#bytes.take(token, bytes);
    return 0;
  }
}

/** Milliseconds for which a count of the queue stays valid: while it shows room, and while it shows none. */
const cacheMilliseconds = 1_000;
const fullCacheMilliseconds = 100;

/**
 * Keeps the queue of all tokens below its limits. Additions of this process are counted immediately. Completions and
 * additions by other processes are seen with the next count, so several processes may together exceed the limits by
 * what they add in a second.
 */
export class QueueCapacity {
  readonly #limits: QueueSize;
  readonly #read: () => Promise<QueueSize>;
  readonly #now: () => number;
  /** The last count, with what this process has added since. */
  #size: QueueSize = { documents: 0, bytes: 0 };
  /** Admitted, and perhaps not in the table yet. */
  #reserved: QueueSize = { documents: 0, bytes: 0 };
  #countedAt = Number.NEGATIVE_INFINITY;
  #counting: Promise<void> | undefined;

  /** `now` returns milliseconds that only grow. */
  constructor(
    limits: QueueSize,
    read: () => Promise<QueueSize>,
    now: () => number = () => performance.now(),
  ) {
    this.#limits = limits;
    this.#read = read;
    this.#now = now;
  }

  /**
   * Reserves room for documents of these sizes in bytes, in order.
   *
   * @returns how many of them fit: that many of the first may be added. Call `release` once they are.
   */
  async reserve(sizes: readonly number[]): Promise<number> {
    if (this.#age() > cacheMilliseconds) await this.#count();
    if (this.#fit(sizes).documents < sizes.length && this.#age() > fullCacheMilliseconds) await this.#count();
    const fitting = this.#fit(sizes);
    this.#size = sum(this.#size, fitting);
    this.#reserved = sum(this.#reserved, fitting);
    return fitting.documents;
  }

  /** Ends the reservation: they are in the table, or will not be. */
  release(sizes: readonly number[]): void {
    for (const bytes of sizes) this.#reserved = sum(this.#reserved, { documents: -1, bytes: -bytes });
  }

  /** An empty queue accepts any single document. */
  #fit(sizes: readonly number[]): QueueSize {
    let fitting: QueueSize = { documents: 0, bytes: 0 };
    for (const bytes of sizes) {
      const next = sum(fitting, { documents: 1, bytes });
      const filled = sum(this.#size, next);
      const isFull = filled.documents > this.#limits.documents || filled.bytes > this.#limits.bytes;
      if (isFull && filled.documents > 1) break;
      fitting = next;
    }
    return fitting;
  }

  #age(): number {
    return this.#now() - this.#countedAt;
  }

  /** Runs once at a time, shared by all callers. */
  #count(): Promise<void> {
    this.#counting ??= this.#readCount().finally(() => {
      this.#counting = undefined;
    });
    return this.#counting;
  }

  async #readCount(): Promise<void> {
    // Documents admitted from here on may be missing from the count.
    const before = this.#size;
    const missing = this.#reserved;
    const counted = await this.#read();
    const added = sum(this.#size, { documents: -before.documents, bytes: -before.bytes });
    this.#size = sum(sum(counted, missing), added);
    this.#countedAt = this.#now();
  }
}

function sum(one: QueueSize, other: QueueSize): QueueSize {
  return { documents: one.documents + other.documents, bytes: one.bytes + other.bytes };
}

/** The maximum head start of a document, in seconds: that of a token that has sent nothing lately. */
const maxHeadStart = 3_600;
/** Recently sent documents that halve the head start. */
const halvingDocuments = 100;
/** Documents a second by which the recent count decays: about what a worker finishes. */
const decayPerSecond = 200;

type Level = { documents: number; at: number };

/**
 * Computes the head start of a submission in seconds, so that a single document does not wait behind thousands of
 * another token: the more a token has sent lately, the smaller. Tokens that send equally much alternate, documents of
 * one token stay in order, and nothing is overtaken by submissions that arrive over an hour later. The state is per
 * process: processes that share a database compute it independently.
 */
export class SubmissionPriority {
  readonly #now: () => number;
  readonly #levels = new Map<string, Level>();

  /** `now` returns milliseconds that only grow. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Counts a document of a token, and returns its head start in seconds. */
  headStart(token: string): number {
    const now = this.#now();
    const level = this.#levels.get(token) ?? { documents: 0, at: now };
    const sent = Math.max(0, level.documents - ((now - level.at) / 1000) * decayPerSecond);
    this.#levels.set(token, { documents: sent + 1, at: now });
    return (maxHeadStart * halvingDocuments) / (halvingDocuments + sent);
  }
}

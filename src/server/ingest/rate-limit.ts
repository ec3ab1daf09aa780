const minute = 60_000;

/** What one token may still do; both grow again as time passes, up to a minute's worth. */
type Bucket = { documents: number; bytes: number; at: number };

export type RateLimit = {
  /** A minute's worth; also what may come at once. */
  readonly documentsPerMinute: number;
  readonly bytesPerMinute: number;
};

/**
 * Limits documents and bytes for each token by token buckets. They live in this process: where several serve one
 * database, each allows as much. A restart fills them.
 */
export class RateLimiter {
  readonly #limit: RateLimit;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  /** `now` gives milliseconds that only grow. */
  constructor(limit: RateLimit, now: () => number = () => performance.now()) {
    this.#limit = limit;
    this.#now = now;
  }

  /**
   * Takes a document of so many bytes from a token's bucket, if there is room.
   *
   * @returns 0, or how many seconds from now there will be room; then nothing was taken.
   */
  take(token: string, bytes: number): number {
    const { documentsPerMinute, bytesPerMinute } = this.#limit;
    const bucket = this.#bucketOf(token);
    // A document larger than the bucket needs a full one.
    const missing = Math.max(
      (1 - bucket.documents) / documentsPerMinute,
      (Math.min(bytes, bytesPerMinute) - bucket.bytes) / bytesPerMinute,
    );
    if (missing > 0) return Math.max(1, Math.ceil((missing * minute) / 1000));
    bucket.documents -= 1;
    bucket.bytes -= bytes;
    return 0;
  }

  #bucketOf(token: string): Bucket {
    const { documentsPerMinute, bytesPerMinute } = this.#limit;
    const now = this.#now();
    const bucket = this.#buckets.get(token) ?? {
      documents: documentsPerMinute,
      bytes: bytesPerMinute,
      at: now,
    };
    const passed = (now - bucket.at) / minute;
    bucket.documents = Math.min(documentsPerMinute, bucket.documents + passed * documentsPerMinute);
    bucket.bytes = Math.min(bytesPerMinute, bucket.bytes + passed * bytesPerMinute);
    bucket.at = now;
    this.#buckets.set(token, bucket);
    return bucket;
  }
}

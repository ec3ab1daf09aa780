import { LRUCache } from "lru-cache";

type TokenBucketsOptions = {
  /** Tokens that a key gets in a minute; also the most that it can have at once. */
  readonly perMinute: number;
  /** Keys that are remembered; those used least recently are forgotten, and start with a full bucket. 100,000 by default. */
  readonly maxKeys?: number | undefined;
  /** Milliseconds of a clock that never goes back; `performance.now` by default. */
  readonly now?: () => number;
};

type Bucket = { tokens: number; at: number };

/**
 * A token bucket for each key, for limits of rate. They live in this process: where several processes serve, each allows
 * as much. A restart fills them.
 */
export class TokenBuckets {
  readonly #perMinute: number;
  readonly #now: () => number;
  readonly #buckets: LRUCache<string, Bucket>;

  constructor({ perMinute, maxKeys = 100_000, now = () => performance.now() }: TokenBucketsOptions) {
    this.#perMinute = perMinute;
    this.#now = now;
    this.#buckets = new LRUCache({ max: maxKeys });
  }

  /** Keys that are remembered now. */
  get size(): number {
    return this.#buckets.size;
  }

  /**
   * Milliseconds until a key has this many tokens; 0 if it has them. More than the bucket can have counts as a full
   * bucket.
   */
  wait(key: string, tokens: number): number {
    const missing = Math.min(tokens, this.#perMinute) - this.#bucketOf(key).tokens;
    return missing > 0 ? (missing / this.#perMinute) * 60_000 : 0;
  }

  /** Takes tokens, also more than there are: then the key waits for longer afterwards. */
  take(key: string, tokens: number): void {
    this.#bucketOf(key).tokens -= tokens;
  }

  #bucketOf(key: string): Bucket {
    const now = this.#now();
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      bucket = { tokens: this.#perMinute, at: now };
      this.#buckets.set(key, bucket);
    }
    bucket.tokens = Math.min(this.#perMinute, bucket.tokens + ((now - bucket.at) / 60_000) * this.#perMinute);
    bucket.at = now;
    return bucket;
  }
}

import { LRUCache } from "lru-cache";

type TokenBucketsOptions = {
  /** Tokens added per minute; also the capacity of a bucket. */
  readonly perMinute: number;
  /** Keys kept. The least recently used are dropped, and start again with a full bucket. Defaults to 100,000. */
  readonly maxKeys?: number | undefined;
  /** A monotonic clock in milliseconds. Defaults to `performance.now`. */
  readonly now?: () => number;
};

type Bucket = { tokens: number; at: number };

/**
 * A token bucket per key, for rate limits. Buckets belong to this process: with several processes, each applies the
 * limit separately. They are full after a restart.
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

  /** Number of keys kept. */
  get size(): number {
    return this.#buckets.size;
  }

  /**
   * Milliseconds until a key has this many tokens; 0 if it has them. A number above the capacity counts as the
   * capacity.
   */
  wait(key: string, tokens: number): number {
    const missing = Math.min(tokens, this.#perMinute) - this.#bucketOf(key).tokens;
    return missing > 0 ? (missing / this.#perMinute) * 60_000 : 0;
  }

  /** Takes tokens, even more than are available: the key then waits longer afterwards. */
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

type Bucket = { tokens: number; at: number };

/** How many addresses are remembered; some 15 MB. Beyond, those that have not come for longest begin anew. */
const mostAddresses = 100_000;

/**
 * Limits requests for each address by a token bucket. It lives in this process: where several serve, each allows as
 * much. A restart fills the buckets.
 */
export class AddressRate {
  readonly #perMinute: number;
  readonly #mostAddresses: number;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  /** `perMinute` may also come at once. `now` gives milliseconds that only grow. */
  constructor(
    perMinute: number,
    options: { readonly mostAddresses?: number; readonly now?: () => number } = {},
  ) {
    this.#perMinute = perMinute;
    this.#mostAddresses = options.mostAddresses ?? mostAddresses;
    this.#now = options.now ?? (() => performance.now());
  }

  /** How many addresses are remembered now. */
  get size(): number {
    return this.#buckets.size;
  }

  /**
   * Takes one request from an address's bucket.
   *
   * @returns 0, or how many seconds from now there will be room; then nothing was taken.
   */
  take(address: string): number {
    const now = this.#now();
    const perMillisecond = this.#perMinute / 60_000;
    const bucket = this.#buckets.get(address) ?? { tokens: this.#perMinute, at: now };
    bucket.tokens = Math.min(this.#perMinute, bucket.tokens + (now - bucket.at) * perMillisecond);
    bucket.at = now;
    // A map keeps the order in which its keys came: the first is who has not come for longest.
    this.#buckets.delete(address);
    this.#buckets.set(address, bucket);
    if (this.#buckets.size > this.#mostAddresses) {
      for (const oldest of this.#buckets.keys()) {
        this.#buckets.delete(oldest);
        break;
      }
    }
    if (bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / perMillisecond / 1000));
    bucket.tokens -= 1;
    return 0;
  }
}

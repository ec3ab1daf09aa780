/** What is kept of a value, beside its key: its size counts towards the bound. */
export type Sized<Value> = { readonly value: Value; readonly size: number };

/**
 * Values by a text, together no larger than a bound: those not used for the longest time go first. The keys count as
 * well. Sizes are in characters, of which each takes one or two bytes, or in bytes where the values are no strings.
 */
export class BoundedTexts<Value> {
  readonly #entries = new Map<string, Sized<Value>>();
  readonly #maximumSize: number;
  #size = 0;

  constructor(maximumSize: number) {
    this.#maximumSize = maximumSize;
  }

  get size(): number {
    return this.#size;
  }

  get count(): number {
    return this.#entries.size;
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    // A Map keeps the order of coming in: what is used comes in again.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** What is larger than an eighth of the bound is not kept: it would drive out too much else. */
  set(key: string, value: Value, valueSize: number): void {
    this.delete(key);
    const size = key.length + valueSize;
    if (size > this.#maximumSize / 8) return;
    this.#entries.set(key, { value, size });
    this.#size += size;
    for (const oldest of this.#entries.keys()) {
      if (this.#size <= this.#maximumSize) break;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#size -= entry.size;
  }
}

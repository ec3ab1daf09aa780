import type { TextPart } from "./document-text.ts";

/** Maximum items of a chunk, and bytes of its text; a larger chunk is divided when it changes. */
const maxItems = 256;
const maxBytes = 64 * 1024;

/** `bytes` is the text of the items; null if it is not written yet. */
type Chunk<Item> = { readonly items: Item[]; bytes: Uint8Array | null };

/**
 * Items in the order of `compare`, and the text of the list, in chunks: adding or removing an item rewrites the text of
 * one chunk only. No two items may compare as equal, and none may change its place while it is in the list.
 */
export class SortedTexts<Item> implements Iterable<Item> {
  readonly #compare: (a: Item, b: Item) => number;
  readonly #textOf: (item: Item) => string;
  /** None of them is empty. */
  #chunks: Chunk<Item>[] = [];
  #size = 0;

  constructor(compare: (a: Item, b: Item) => number, textOf: (item: Item) => string) {
    this.#compare = compare;
    this.#textOf = textOf;
  }

  get size(): number {
    return this.#size;
  }

  add(item: Item): void {
    this.#size++;
    const index = this.#chunkOf(item);
    const chunk = this.#chunks[index];
    if (chunk === undefined) {
      this.#chunks.push({ items: [item], bytes: null });
      return;
    }
    const { items, bytes } = chunk;
    items.splice(placeIn(items, item, this.#compare), 0, item);
    chunk.bytes = null;
    if (items.length > maxItems || (bytes !== null && bytes.length > maxBytes)) this.#divide(index);
  }

  /** Adds many items: if they are more than the list has, by sorting everything once. */
  addAll(items: readonly Item[]): void {
    if (items.length <= this.#size) {
      for (const item of items) this.add(item);
      return;
    }
    const all = [...this, ...items].sort(this.#compare);
    this.#size = all.length;
    this.#chunks = [];
    for (let start = 0; start < all.length; start += maxItems) {
      this.#chunks.push({ items: all.slice(start, start + maxItems), bytes: null });
    }
  }

  /** The item must be in the list. */
  delete(item: Item): void {
    this.#size--;
    const index = this.#chunkOf(item);
    const chunk = this.#chunks[index] as Chunk<Item>;
    chunk.items.splice(placeIn(chunk.items, item, this.#compare), 1);
    chunk.bytes = null;
    if (chunk.items.length === 0) this.#chunks.splice(index, 1);
  }

  *[Symbol.iterator](): Generator<Item> {
    for (const { items } of this.#chunks) yield* items;
  }

  /** The texts of the items, separated by commas. */
  parts(): TextPart[] {
    return this.#chunks.flatMap((chunk, index) => {
      chunk.bytes ??= encoder.encode(chunk.items.map(this.#textOf).join(","));
      return index === 0 ? [chunk.bytes] : [",", chunk.bytes];
    });
  }

  /** The index of the last chunk that begins with the item or one before it; else the first. */
  #chunkOf(item: Item): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#compare((this.#chunks[middle] as Chunk<Item>).items[0] as Item, item) <= 0) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  #divide(index: number): void {
    const { items } = this.#chunks[index] as Chunk<Item>;
    // Items usually arrive in order at the end: the chunk before then stays full.
    const isLast = index === this.#chunks.length - 1;
    const rest = items.splice(isLast ? -1 : items.length >> 1);
    this.#chunks.splice(index + 1, 0, { items: rest, bytes: null });
  }
}

const encoder = new TextEncoder();

/** The index of the first of the sorted items that is not before this one. */
export function placeIn<Item>(
  items: readonly Item[],
  item: Item,
  compare: (a: Item, b: Item) => number,
): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(items[middle] as Item, item) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

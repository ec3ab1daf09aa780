import type { DataVersion } from "../../store/data-version.ts";

/**
 * The rows of one kind in two generations, of which the older is dropped when there is no more room. lru-cache has no
 * size that several caches share, and a `get` takes 149 ns where that of a Map takes 62: a page of citing papers with
 * their references takes 400 of them.
 */
type Shelf = { young: Map<unknown, Sized>; old: Map<unknown, Sized> };
type Sized = { readonly value: unknown; readonly size: number };

/** Where a version that did not last long enough to be of use is followed by a pause without. */
const fewestHits = 16;
const pauseMilliseconds = 100;

/**
 * Rows that requests have read, kept in memory for those that come after, while the data is what it was. Which data
 * that is, is PostgreSQL's word, asked for once the request has come: no row is older than the request that sees it.
 *
 * A row is read by a statement that begins after the request's version was; it may be newer. But it is given to others
 * only if their version is the same, and then nothing was committed in between.
 */
export class RowCache {
  readonly #dataVersion: Pick<DataVersion, "read">;
  /** Characters, for each of the two generations. */
  readonly #generationSize: number;
  readonly #shelves = new Set<Shelf>();
  /** Answers to expensive questions, by what is asked. */
  readonly answers = this.shelf<string, unknown>();
  #version: string | null = null;
  #youngSize = 0;
  #hits = 0;
  #pausedUntil = 0;

  constructor(dataVersion: Pick<DataVersion, "read">, maximumSize: number) {
    this.#dataVersion = dataVersion;
    this.#generationSize = maximumSize / 2;
  }

  /** The version to read rows at; null where rows are better read without, since writers change it all the time. */
  async version(): Promise<string | null> {
    if (performance.now() < this.#pausedUntil) return null;
    let version: string;
    try {
      version = await this.#dataVersion.read();
    } catch {
      // Without a version there is nothing to be found; the statements tell what is wrong.
      return null;
    }
    if (version !== this.#version) this.#begin(version);
    return version;
  }

  shelf<Key, Value>(): CachedRows<Key, Value> {
    const shelf: Shelf = { young: new Map(), old: new Map() };
    this.#shelves.add(shelf);
    return {
      get: (key, version) => this.#get(shelf, key, version) as Value | undefined,
      set: (key, value, version) => this.#set(shelf, key, value, version),
    };
  }

  #begin(version: string): void {
    if (this.#version !== null && this.#hits < fewestHits) {
      this.#pausedUntil = performance.now() + pauseMilliseconds;
    }
    this.#version = version;
    this.#hits = 0;
    this.#youngSize = 0;
    for (const shelf of this.#shelves) {
      if (shelf.young.size > 0) shelf.young = new Map();
      if (shelf.old.size > 0) shelf.old = new Map();
    }
  }

  #get(shelf: Shelf, key: unknown, version: string): unknown {
    if (version !== this.#version) return undefined;
    let found = shelf.young.get(key);
    if (found === undefined) {
      found = shelf.old.get(key);
      if (found === undefined) return undefined;
      this.#put(shelf, key, found);
    }
    this.#hits++;
    return found.value;
  }

  #set(shelf: Shelf, key: unknown, value: unknown, version: string): void {
    if (version === this.#version) this.#put(shelf, key, { value, size: sizeOf(value) });
  }

  #put(shelf: Shelf, key: unknown, sized: Sized): void {
    if (sized.size > this.#generationSize / 8) return;
    if (this.#youngSize + sized.size > this.#generationSize) this.#turnGeneration();
    shelf.young.set(key, sized);
    this.#youngSize += sized.size;
  }

  #turnGeneration(): void {
    this.#youngSize = 0;
    for (const shelf of this.#shelves) {
      shelf.old = shelf.young;
      shelf.young = new Map();
    }
  }
}

/** The rows of one kind. */
export type CachedRows<Key, Value> = {
  /** Undefined where none is kept of this version. */
  get(key: Key, version: string): Value | undefined;
  /** `version` is that of the request, read before the statement was sent. */
  set(key: Key, value: Value, version: string): void;
};

/** What an entry takes beside its texts: the objects of a row, and its place in a map. */
const entrySize = 100;
const cellSize = 8;

/** The characters of a row, a list of rows, or nothing. */
function sizeOf(value: unknown): number {
  if (typeof value === "string") return cellSize + value.length;
  if (typeof value !== "object" || value === null) return cellSize;
  let size = entrySize;
  for (const part of Array.isArray(value) ? value : Object.values(value)) size += sizeOf(part);
  return size;
}

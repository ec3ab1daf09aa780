import type { DataVersion } from "../../store/index.ts";

/**
 * The rows of one kind in two generations; the older is dropped when the cache is full. lru-cache cannot share a size
 * limit between caches, and its `get` takes 149 ns instead of a Map's 62: a page of citing papers with their references
 * calls it 400 times.
 */
type CacheSection = { young: Map<unknown, Sized>; old: Map<unknown, Sized> };
type Sized = { readonly value: unknown; readonly size: number };

/** If a version had fewer hits than this, caching pauses. */
const minHits = 16;
const pauseMilliseconds = 100;

/**
 * Rows that requests have read, cached in memory for later requests until the data changes. Each request reads the
 * data's version from PostgreSQL after it has arrived: no row is older than the request that sees it.
 *
 * A row is read by a statement that begins after the request's version was read, so it may be newer. But it is only
 * reused by requests with the same version, and then nothing was committed in between.
 */
export class RowCache {
  readonly #dataVersion: Pick<DataVersion, "read">;
  /** Characters of each of the two generations. */
  readonly #generationSize: number;
  readonly #sections = new Set<CacheSection>();
  /** Results of expensive queries. */
  readonly results = this.section<string, unknown>();
  #version: string | null = null;
  #youngSize = 0;
  #hits = 0;
  #pausedUntil = 0;

  constructor(dataVersion: Pick<DataVersion, "read">, maxSize: number) {
    this.#dataVersion = dataVersion;
    this.#generationSize = maxSize / 2;
  }

  /** The version of rows to read; null to bypass the cache, while writers change the data all the time. */
  async version(): Promise<string | null> {
    if (performance.now() < this.#pausedUntil) return null;
    let version: string;
    try {
      version = await this.#dataVersion.read();
    } catch {
      // Without a version nothing can be found; the statements will report the error.
      return null;
    }
    if (version !== this.#version) this.#begin(version);
    return version;
  }

  section<Key, Value>(): CachedRows<Key, Value> {
    const section: CacheSection = { young: new Map(), old: new Map() };
    this.#sections.add(section);
    return {
      get: (key, version) => this.#get(section, key, version) as Value | undefined,
      set: (key, value, version) => this.#set(section, key, value, version),
    };
  }

  #begin(version: string): void {
    if (this.#version !== null && this.#hits < minHits) {
      this.#pausedUntil = performance.now() + pauseMilliseconds;
    }
    this.#version = version;
    this.#hits = 0;
    this.#youngSize = 0;
    for (const section of this.#sections) {
      if (section.young.size > 0) section.young = new Map();
      if (section.old.size > 0) section.old = new Map();
    }
  }

  #get(section: CacheSection, key: unknown, version: string): unknown {
    if (version !== this.#version) return undefined;
    let found = section.young.get(key);
    if (found === undefined) {
      found = section.old.get(key);
      if (found === undefined) return undefined;
      this.#put(section, key, found);
    }
    this.#hits++;
    return found.value;
  }

  #set(section: CacheSection, key: unknown, value: unknown, version: string): void {
    if (version === this.#version) this.#put(section, key, { value, size: sizeOf(value) });
  }

  #put(section: CacheSection, key: unknown, sized: Sized): void {
    if (sized.size > this.#generationSize / 8) return;
    if (this.#youngSize + sized.size > this.#generationSize) this.#turnGeneration();
    section.young.set(key, sized);
    this.#youngSize += sized.size;
  }

  #turnGeneration(): void {
    this.#youngSize = 0;
    for (const section of this.#sections) {
      section.old = section.young;
      section.young = new Map();
    }
  }
}

/** The rows of one kind. */
export type CachedRows<Key, Value> = {
  /** Undefined if none is cached for this version. */
  get(key: Key, version: string): Value | undefined;
  /** `version` is that of the request, read before the statement was sent. */
  set(key: Key, value: Value, version: string): void;
};

/** The overhead of an entry besides its texts: the objects of a row, and its place in a map. */
const entrySize = 100;
const cellSize = 8;

/** The approximate size of a row, a list of rows, or nothing, in characters. */
function sizeOf(value: unknown): number {
  if (typeof value === "string") return cellSize + value.length;
  if (typeof value !== "object" || value === null) return cellSize;
  let size = entrySize;
  for (const part of Array.isArray(value) ? value : Object.values(value)) size += sizeOf(part);
  return size;
}

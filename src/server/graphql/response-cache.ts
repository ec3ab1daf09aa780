import { LRUCache } from "lru-cache";
import type { PreparedServer } from "../read-routing.ts";
import type { Parameters } from "./parameters.ts";

/** An answer's text, and the data version that it was computed from. */
type Kept = { readonly version: string; readonly text: string };

/** The result of a lookup: a cached answer, or a way to cache the new one. */
export type Lookup = {
  readonly text?: string;
  /** Stores the answer's text; absent if its data version is unknown. */
  readonly keep?: (text: string) => void;
};

/** Maximum age, in milliseconds, of the version for new answers. An older one only makes storing useless. */
const versionMilliseconds = 1000;

/**
 * Caches the answers of public queries as texts, and serves one again while the data version is still the one that it
 * was computed from. The version is checked after each request arrives: no answer is older than its request. Answers
 * are cached per server: versions of two servers cannot be compared.
 */
export class ResponseCache {
  readonly #texts: LRUCache<string, Kept>;

  /** `maximumSize` is in characters. */
  constructor(maximumSize: number) {
    this.#texts = new LRUCache({
      maxSize: maximumSize,
      // A larger answer would evict too much else.
      maxEntrySize: Math.ceil(maximumSize / 8),
      sizeCalculation: ({ text }, key) => key.length + text.length,
    });
  }

  /** Looks up a request without credentials. */
  find({ version, server }: PreparedServer, parameters: Parameters): Lookup | Promise<Lookup> {
    const key = keyOf(server.name, parameters);
    if (key === null) return {};
    const kept = this.#texts.get(key);
    if (kept === undefined) {
      version.refresh(versionMilliseconds);
      return this.#place(key, version.last);
    }
    return version.read().then(
      (now): Lookup => {
        if (kept.version === now) return { text: kept.text };
        this.#texts.delete(key);
        return this.#place(key, now);
      },
      // The server is gone: its answers are no longer served, and the statements go to another server.
      (): Lookup => {
        this.#texts.delete(key);
        return {};
      },
    );
  }

  /** `version` was read before the operation began. */
  #place(key: string, version: string | null): Lookup {
    if (version === null) return {};
    return { keep: (text) => this.#texts.set(key, { version, text }) };
  }
}

/** Null if the variables are nested too deeply to be serialized: they are rejected later. */
function keyOf(server: string, { query, operationName = "", variables }: Parameters): string | null {
  try {
    return `${server}\n${operationName}\n${JSON.stringify(variables ?? null)}\n${query}`;
  } catch {
    return null;
  }
}

import { LRUCache } from "lru-cache";
import type { PreparedServer } from "../request-reads.ts";
import type { Parameters } from "./parameters.ts";

/** An answer's text, and the version of the data that it was made of. */
type Kept = { readonly version: string; readonly text: string };

/** What a request found: an answer, or where its own can be kept. */
export type Lookup = {
  readonly text?: string;
  /** Keeps the text of the answer; absent where it cannot be known of which data that will be. */
  readonly keep?: (text: string) => void;
};

/** How old the version may be that new answers are kept under: an older one only makes keeping them useless. */
const versionMilliseconds = 1000;

/**
 * Keeps answers of queries that anybody may ask, as texts, and gives one out again where the data is still that which
 * it was made of. That is looked up each time, after the request came: no answer is older than its request. Those of
 * one server are given out for requests of that server only: versions of two cannot be compared.
 */
export class ResponseCache {
  readonly #texts: LRUCache<string, Kept>;

  /** Characters. */
  constructor(maximumSize: number) {
    this.#texts = new LRUCache({
      maxSize: maximumSize,
      // A larger one would drive out too much else.
      maxEntrySize: Math.ceil(maximumSize / 8),
      sizeCalculation: ({ text }, key) => key.length + text.length,
    });
  }

  /** Looks a request up that names nobody who makes it. */
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
      // The server is gone: nothing of it is given out, and the statements go where there is one.
      (): Lookup => {
        this.#texts.delete(key);
        return {};
      },
    );
  }

  /** `version` was read before the operation was begun. */
  #place(key: string, version: string | null): Lookup {
    if (version === null) return {};
    return { keep: (text) => this.#texts.set(key, { version, text }) };
  }
}

/** Null where the variables lie so deep in each other that they cannot be written: they are refused later. */
function keyOf(server: string, { query, operationName = "", variables }: Parameters): string | null {
  try {
    return `${server}\n${operationName}\n${JSON.stringify(variables ?? null)}\n${query}`;
  } catch {
    return null;
  }
}

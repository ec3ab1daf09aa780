import { once } from "node:events";
import type { Worker } from "node:worker_threads";
import { ApiError } from "../../../api/errors.ts";
import { startThread } from "../../../store/start-thread.ts";
import { BoundedTexts } from "../../cache/bounded-texts.ts";
import { comeAgainSeconds } from "../../unavailable.ts";
import { type BuiltDocument, buildDocument, type DocumentParts } from "./build-document.ts";
import type { ThreadReply } from "./document-thread.ts";

/** Papers with more bytes of events are merged in a thread: smaller ones take a few milliseconds. */
const largeLog = 128 * 1024;
/** Requests that may wait for documents of large papers. */
const maxWaiting = 64;
/** Bytes of states that are kept, by their hashes. */
const keptStates = 64 * 1024 * 1024;

export type WantedDocument = Pick<DocumentParts, "document" | "pithNumber"> & {
  /** Of the state as it is stored. */
  readonly sha256: string;
  readonly logBytes: number;
  /** Reads the parts: called once it is this request's turn, so that those that wait keep nothing in memory. */
  readonly readParts: () => Promise<DocumentParts>;
};

/**
 * Makes the documents of mirrors. Those of large papers are made one at a time, in a thread of their own, so that others
 * are answered meanwhile; states are kept, as their hash names their bytes.
 */
export class DocumentBuilder {
  readonly #states = new BoundedTexts<BuiltDocument>(keptStates);
  #worker: Worker | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  readonly #buildHere: typeof buildDocument;

  /** `buildHere` makes the documents of small papers, in the caller's thread. */
  constructor(buildHere = buildDocument) {
    this.#buildHere = buildHere;
  }

  /** Throws UNAVAILABLE where too many wait; rejects as `readParts` does. */
  async build(wanted: WantedDocument): Promise<BuiltDocument> {
    const known = this.#known(wanted);
    if (known !== undefined) return known;
    if (wanted.logBytes <= largeLog) return this.#buildHere(await wanted.readParts());
    if (this.#waiting >= maxWaiting) {
      throw new ApiError(
        "UNAVAILABLE",
        `Too many documents of large papers are requested. Try again in ${comeAgainSeconds} s.`,
        { retryAfter: comeAgainSeconds },
      );
    }
    this.#waiting++;
    const turn = this.#last.then(() => this.#buildLarge(wanted));
    this.#last = turn.catch(() => {});
    return turn.finally(() => this.#waiting--);
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #known({ document, pithNumber, sha256 }: WantedDocument): BuiltDocument | undefined {
    return document === "state" ? this.#states.get(`${pithNumber} ${sha256}`) : undefined;
  }

  async #buildLarge(wanted: WantedDocument): Promise<BuiltDocument> {
    // One that waited for the same state.
    const known = this.#known(wanted);
    if (known !== undefined) return known;
    const built = await this.#inThread(await wanted.readParts());
    const { document, pithNumber } = wanted;
    if (document === "state") {
      this.#states.set(`${pithNumber} ${built.sha256}`, built, built.text?.length ?? 0);
    }
    return built;
  }

  async #inThread(parts: DocumentParts): Promise<BuiltDocument> {
    const worker = this.#worker ?? startThread("server/mirror/documents/document-thread.js");
    this.#worker = worker;
    // A thread without work keeps no process alive.
    worker.ref();
    const over = new AbortController();
    const { signal } = over;
    const ended = once(worker, "exit", { signal }).then(() => {
      throw new Error("The thread that makes documents has ended.");
    });
    try {
      worker.postMessage(parts);
      const [reply] = (await Promise.race([once(worker, "message", { signal }), ended])) as [ThreadReply];
      if ("error" in reply) throw reply.error;
      const { text } = reply.built;
      return {
        ...reply.built,
        text: text === null ? null : Buffer.from(text.buffer, text.byteOffset, text.byteLength),
      };
    } catch (error) {
      // Whatever it was: the next one gets a new thread.
      this.#worker = undefined;
      void worker.terminate();
      throw error;
    } finally {
      over.abort();
      ended.catch(() => {});
      worker.unref();
    }
  }
}

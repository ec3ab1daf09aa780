import { sql } from "drizzle-orm";
import { LRUCache } from "lru-cache";
import type { PithNumber } from "../../protocol/index.ts";
import type { Queries } from "../database.ts";
import type { LogText } from "../log.ts";
import { bigintArray } from "../rows.ts";
import { events, records } from "../tables/index.ts";
import { type BuiltDocument, buildDocument, type DocumentParts } from "./build-document.ts";
import { MergeThread, TurnQueue } from "./merge-thread.ts";

/** The stored data of a paper, apart from its events. */
export type PaperHead = {
  readonly pithNumber: PithNumber;
  /** Hash of the merged state. */
  readonly sha256: string;
  /** The record's text; null if no document contained it. An event may still contain it. */
  readonly record: string | null;
  /** Total size of the paper's events, in bytes. */
  readonly logBytes: number;
};

/** In one statement. Papers of which nothing is stored have no entry. */
export async function readHeads(db: Queries, paperIds: readonly bigint[]): Promise<Map<bigint, PaperHead>> {
  const ids = bigintArray(paperIds);
  const { rows } = await db.execute<{
    paper_id: string;
    pith_number: PithNumber;
    sha256: string;
    record: string | null;
    bytes: string | null;
  }>(
    sql`SELECT paper_id, ${records.pithNumber}, encode(${records.stateSha256}, 'hex') AS sha256, ${records.record},
          sizes.bytes
        FROM ${records} LEFT JOIN (
          SELECT ${events.paperId}, sum(octet_length(${events.body})) AS bytes
          FROM ${events} WHERE ${events.paperId} = ANY(${ids}::bigint[]) GROUP BY ${events.paperId}
        ) AS sizes USING (paper_id)
        WHERE ${records.paperId} = ANY(${ids}::bigint[])`,
  );
  return new Map(
    rows.map(({ paper_id, pith_number, sha256, record, bytes }) => [
      BigInt(paper_id),
      { pithNumber: pith_number, sha256, record, logBytes: Number(bytes ?? 0) },
    ]),
  );
}

/** Log size in bytes up to which a merge takes a few milliseconds. Larger logs are merged in a thread. */
const largeLog = 128 * 1024;
/** Maximum requests per reader that wait for documents of large papers. */
const maxWaiting = 64;
/** Size of the cache of states, in bytes. */
const keptStates = 64 * 1024 * 1024;

/** The readers of documents: neither delays the other by more than one document. */
export type Reader = "graphql" | "mirror";

export type WantedDocument = Pick<DocumentParts, "document" | "pithNumber"> & {
  /** As currently stored. */
  readonly head: Pick<PaperHead, "sha256" | "record" | "logBytes">;
  readonly reader: Reader;
  /** Aborting it cancels a waiting request. */
  readonly signal?: AbortSignal | undefined;
  /** Called when it is this request's turn, so that waiting requests use no memory for their logs. */
  readonly readLog: () => Promise<LogText | undefined>;
};

/** Whether a paper's log is too large to be merged on the event loop. */
export function isLarge({ logBytes }: Pick<PaperHead, "logBytes">): boolean {
  return logBytes > largeLog;
}

/**
 * Builds the documents of papers. Those of large papers are built one at a time, in a separate thread, so that other
 * requests are not blocked; their states are cached by hash.
 */
export class PaperStates {
  readonly #states = new LRUCache<string, BuiltDocument>({
    maxSize: keptStates,
    maxEntrySize: keptStates / 8,
  });
  readonly #queue = new TurnQueue<Reader>(maxWaiting);
  readonly #thread = new MergeThread();
  readonly #buildHere: typeof buildDocument;

  /** `buildHere` builds the documents of small papers, in the caller's thread. */
  constructor(buildHere = buildDocument) {
    this.#buildHere = buildHere;
  }

  /** Number of requests that wait for documents of large papers. */
  get waiting(): number {
    return this.#queue.waiting;
  }

  /** @throws QueueFullError if too many requests wait; the signal's reason; the rejection of `readLog`. */
  async build(wanted: WantedDocument): Promise<BuiltDocument> {
    const known = this.#known(wanted);
    if (known !== undefined) return known;
    if (!isLarge(wanted.head)) return this.#buildHere(await partsOf(wanted));
    const leave = await this.#queue.enter(wanted.reader, wanted.signal);
    try {
      wanted.signal?.throwIfAborted();
      // An earlier request in the queue may have built the same state.
      return this.#known(wanted) ?? (await this.#buildLarge(wanted));
    } finally {
      leave();
    }
  }

  async close(): Promise<void> {
    await this.#thread.close();
  }

  #known({ document, pithNumber, head }: WantedDocument): BuiltDocument | undefined {
    return document === "state" ? this.#states.get(`${pithNumber} ${head.sha256}`) : undefined;
  }

  async #buildLarge(wanted: WantedDocument): Promise<BuiltDocument> {
    const built = await this.#thread.build(await partsOf(wanted));
    const { document, pithNumber } = wanted;
    if (document === "state") {
      const size = (built.text?.length ?? 0) + (built.applied?.length ?? 0) + 1;
      this.#states.set(`${pithNumber} ${built.sha256}`, built, { size });
    }
    return built;
  }
}

async function partsOf({ document, pithNumber, head, readLog }: WantedDocument): Promise<DocumentParts> {
  return { document, pithNumber, log: await readLog(), record: head.record };
}

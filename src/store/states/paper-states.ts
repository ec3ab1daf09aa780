import { sql } from "drizzle-orm";
import { LRUCache } from "lru-cache";
import type { PithNumber } from "../../protocol/index.ts";
import type { Queries } from "../database.ts";
import type { LogText } from "../log.ts";
import { bigintArray } from "../rows.ts";
import { events, records } from "../tables/index.ts";
import { type BuiltDocument, buildDocument, type DocumentParts } from "./build-document.ts";
import { MergeThread, TurnQueue } from "./merge-thread.ts";

/** What is stored of a paper beside its events. */
export type PaperHead = {
  readonly pithNumber: PithNumber;
  /** Of the merged state. */
  readonly sha256: string;
  /** The record's text; null where no document has brought it. An event may have brought it all the same. */
  readonly record: string | null;
  /** Bytes of its events. */
  readonly logBytes: number;
};

/** In one statement however many papers. Papers of which nothing is stored have no entry. */
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

/** Bytes of a log that are merged in some milliseconds. Larger ones are merged in a thread. */
const largeLog = 128 * 1024;
/** Requests of each reader that may wait for documents of large papers. */
const maxWaiting = 64;
/** Bytes of states that are kept, by their hashes. */
const keptStates = 64 * 1024 * 1024;

/** Who reads documents: neither delays the other by more than one document. */
export type Reader = "graphql" | "mirror";

export type WantedDocument = Pick<DocumentParts, "document" | "pithNumber"> & {
  /** As it is stored now. */
  readonly head: Pick<PaperHead, "sha256" | "record" | "logBytes">;
  readonly reader: Reader;
  /** A request that waits is given up when it is aborted. */
  readonly signal?: AbortSignal | undefined;
  /** Called once it is this request's turn, so that those that wait keep nothing in memory. */
  readonly readLog: () => Promise<LogText | undefined>;
};

/** Whether a paper's log is too large to be merged on the event loop. */
export function isLarge({ logBytes }: Pick<PaperHead, "logBytes">): boolean {
  return logBytes > largeLog;
}

/**
 * Makes the documents of papers. Those of large papers are made one at a time, in a thread of their own, so that others
 * are answered meanwhile; their states are kept, as their hash names their bytes.
 */
export class PaperStates {
  readonly #states = new LRUCache<string, BuiltDocument>({
    maxSize: keptStates,
    maxEntrySize: keptStates / 8,
  });
  readonly #queue = new TurnQueue<Reader>(maxWaiting);
  readonly #thread = new MergeThread();
  readonly #buildHere: typeof buildDocument;

  /** `buildHere` makes the documents of small papers, in the caller's thread. */
  constructor(buildHere = buildDocument) {
    this.#buildHere = buildHere;
  }

  /** Requests that wait for documents of large papers. */
  get waiting(): number {
    return this.#queue.waiting;
  }

  /** @throws QueueFullError where too many wait; the signal's reason; what `readLog` rejects with. */
  async build(wanted: WantedDocument): Promise<BuiltDocument> {
    const known = this.#known(wanted);
    if (known !== undefined) return known;
    if (!isLarge(wanted.head)) return this.#buildHere(await partsOf(wanted));
    const leave = await this.#queue.enter(wanted.reader, wanted.signal);
    try {
      wanted.signal?.throwIfAborted();
      // One that waited for the same state may have it made.
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

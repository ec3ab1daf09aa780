import { LRUCache } from "lru-cache";
import type pg from "pg";
import { type CheckResult, LogReader, PaperMerge } from "../../protocol/index.ts";
import { bigintArray, parseEventTexts, type QueryClient, readEventTexts } from "../../store/index.ts";
import { type LogKey, parseRecord, type StoredLog } from "../plan/index.ts";

export async function readStoredLogs(
  client: QueryClient,
  papers: readonly LogKey[],
  cache: MergeCache | undefined,
): Promise<Map<bigint, StoredLog>> {
  const merges = new Map(papers.map((log) => [log.paperId, cache?.take(log)]));
  const unknown = papers.filter(({ paperId }) => merges.get(paperId) === undefined);
  for (const [paperId, merge] of await readMerges(client, unknown)) merges.set(paperId, merge);
  const ids = [bigintArray(papers.map(({ paperId }) => paperId))];
  const records = await client.query<{ paper_id: string; record: string }>(
    "SELECT paper_id, record FROM records WHERE paper_id = ANY($1::bigint[]) AND record IS NOT NULL",
    ids,
  );
  const published = await client.query<{ paper_id: string; results: CheckResult[] }>(
    `SELECT paper_id, array_agg(DISTINCT result::text) AS results
     FROM published_states WHERE paper_id = ANY($1::bigint[]) GROUP BY paper_id`,
    ids,
  );
  const recordTexts = new Map(records.rows.map((row) => [BigInt(row.paper_id), row.record]));
  const results = new Map(published.rows.map((row) => [BigInt(row.paper_id), row.results]));
  return new Map(
    papers.map(({ paperId, pithNumber }) => [
      paperId,
      {
        merge: merges.get(paperId) ?? new PaperMerge(pithNumber),
        record: parseRecord(recordTexts.get(paperId) ?? null),
        publishedResults: results.get(paperId) ?? [],
      },
    ]),
  );
}

/** Merges the stored events of papers. */
async function readMerges(
  client: QueryClient,
  papers: readonly LogKey[],
): Promise<(readonly [bigint, PaperMerge])[]> {
  if (papers.length === 0) return [];
  const texts = await readEventTexts(
    client,
    papers.map(({ paperId }) => paperId),
  );
  const reader = new LogReader();
  return papers.map(({ paperId, pithNumber }) => [
    paperId,
    new PaperMerge(pithNumber, parseEventTexts(texts.get(paperId) ?? "", reader)),
  ]);
}

/** Two statements: the counter is on one server, even if the events are distributed. */
export async function readEndOfLog(
  client: QueryClient,
  now: string,
): Promise<{ position: number; receivedAt: string }> {
  const last = await client.query<{ value: string }>("SELECT value FROM totals WHERE name = 'position'");
  const latest = await client.query<{ received_at: string }>(
    `SELECT to_char(greatest($1::timestamptz, max(received_at)) AT TIME ZONE 'UTC',
                    'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS received_at FROM events`,
    [now],
  );
  return {
    position: Number(last.rows[0]?.value ?? 0),
    receivedAt: latest.rows[0]?.received_at ?? now,
  };
}

/** The maximum memory of all cached merges together, in bytes. */
const maxBytes = 64 * 1024 * 1024;
const maxEntryBytes = maxBytes / 2;
/** Papers with fewer events are read and merged in a few milliseconds. */
const minEvents = 200;

/**
 * Caches the merges of recently written papers with many events, so that their next event does not require reading and
 * merging the others again. At most 64 MiB per connection pool; a merge over 32 MiB is not cached.
 *
 * A merge is found by the checksum of its log, so it never belongs to another log, whoever has written to the log since
 * then and whether or not the transaction that cached it was committed. The checksum must be read under the write lock.
 */
export class MergeCache {
  readonly #merges = new LRUCache<string, PaperMerge>({
    maxSize: maxBytes,
    maxEntrySize: maxEntryBytes,
    sizeCalculation: (merge) => merge.size,
  });

  /** Removes the merge of a log from the cache and returns it; the caller may add to it. */
  take(log: LogKey): PaperMerge | undefined {
    const key = keyOf(log);
    const merge = this.#merges.get(key);
    this.#merges.delete(key);
    return merge;
  }

  /** Caches the merge of a log; the caller must not add to it any more. */
  put(log: LogKey, merge: PaperMerge): void {
    if (merge.eventCount >= minEvents) this.#merges.set(keyOf(log), merge);
  }
}

function keyOf({ pithNumber, logChecksum }: LogKey): string {
  return `${pithNumber} ${logChecksum}`;
}

const caches = new WeakMap<pg.Pool, MergeCache>();

/** The cached merges for the database of a pool. */
export function mergeCacheOf(pool: pg.Pool): MergeCache {
  let cache = caches.get(pool);
  if (cache === undefined) {
    cache = new MergeCache();
    caches.set(pool, cache);
  }
  return cache;
}

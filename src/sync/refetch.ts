import { ingestBatch } from "../ingest/index.ts";
import {
  minimumProofOf,
  type QuarantineRow,
  type RetryCounts,
  type RetryQuarantineOptions,
  removeAccepted,
} from "../maintenance/index.ts";
import type { Database } from "../store/index.ts";
import { FetchError } from "./fetch-error.ts";
import type { Fetcher } from "./fetcher.ts";
import { readFetched } from "./remote-mirror.ts";
import { defaultRetryPolicy, FailureStreak, RequestPauses } from "./retry.ts";

type RefetchOptions = RetryQuarantineOptions & { readonly fetcher: Fetcher; readonly signal: AbortSignal };

/**
 * Fetches again quarantined documents that came from a mirror and whose content was not stored. Accepted documents are
 * stored and leave the quarantine; those that cannot be fetched stay. `prefix` as in `retryQuarantined`. Stops early
 * after too many consecutive failures.
 */
export async function refetchQuarantined(
  database: Database,
  prefix: string,
  options: RefetchOptions,
): Promise<RetryCounts> {
  const { rows } = await database.pool.query<QuarantineRow>(
    `SELECT encode(content_sha256, 'hex') AS "contentSha256", source, minimum_proof AS "minimumProof" FROM quarantine
     WHERE kind = 'document' AND (content IS NULL OR size = 0) AND source ~ '^https?://'
       AND starts_with(encode(content_sha256, 'hex'), $1)
     ORDER BY received_at`,
    [prefix],
  );
  const streak = new FailureStreak();
  const pauses = new RequestPauses(defaultRetryPolicy, options.signal);
  let tried = 0;
  let accepted = 0;
  for (const row of rows) {
    tried++;
    const bytes = await refetch(row.source, options, pauses);
    if (streak.count(bytes === null)) break;
    if (bytes === null) continue;
    const minimumProof = minimumProofOf(row, options);
    const results = await ingestBatch(database, [{ source: row.source, bytes }], {
      ...options,
      minimumProof,
    });
    accepted += await removeAccepted(database, [row], results);
  }
  return { tried, accepted };
}

/** The document of the paper named in the address; null if it cannot be fetched. */
async function refetch(
  source: string,
  { fetcher, maximumBytes, signal }: RefetchOptions,
  pauses: RequestPauses,
): Promise<Buffer | null> {
  const suffix = /\/([A-Z2-7]{8,26})\//.exec(source)?.[1] ?? "";
  try {
    const bytes = await pauses.run(() => fetcher.fetch(new URL(source), { maximumBytes, signal }));
    const { document } = readFetched(source, bytes, { suffix, year: null });
    return "bytes" in document ? bytes : null;
  } catch (error) {
    if (error instanceof FetchError) return null;
    throw error;
  }
}

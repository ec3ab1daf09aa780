import { ingestBatch } from "../ingest/index.ts";
import {
  minimumProofOf,
  type QuarantineRow,
  type RetryCounts,
  type RetryOptions,
  removeAccepted,
} from "../maintenance/index.ts";
import type { Database } from "../store/index.ts";
import { FetchError } from "./fetch-error.ts";
import type { Fetcher } from "./fetcher.ts";
import { readFetched } from "./remote-mirror.ts";
import { RequestPauses } from "./request-pauses.ts";
import { defaultRetry } from "./retry.ts";

type RefetchOptions = RetryOptions & { readonly fetcher: Fetcher; readonly signal: AbortSignal };

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
  const pauses = new RequestPauses(defaultRetry, options.signal);
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
    const { delivered } = readFetched(source, bytes, { suffix, year: null });
    return "bytes" in delivered ? bytes : null;
  } catch (error) {
    if (error instanceof FetchError) return null;
    throw error;
  }
}

/** The number of papers that may fail in succession, while the mirror answers, before the mirror counts as broken. */
const maxStreak = 10;

/** Counts consecutive failures: a single one is the paper's fault, many are the mirror's. */
export class FailureStreak {
  #length = 0;

  /** `isFailure`: whether the network or the server failed. Returns whether too many have failed in succession. */
  count(isFailure: boolean): boolean {
    this.#length = isFailure ? this.#length + 1 : 0;
    return this.#length >= maxStreak;
  }
}

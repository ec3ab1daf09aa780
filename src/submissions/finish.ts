import type { QueryClient } from "../store/index.ts";
import type { Fault } from "./faults.ts";
import { finishedChannel, idsInOneNotice } from "./queue.ts";

const firstDelay = 1_000;
const longestDelay = 300_000;

/** The maximum number of attempts that end with their worker: then the document is suspected of causing it. */
export const mostAttempts = 12;

/**
 * After an infrastructure fault at most this many attempts count: the next one starts within about four minutes, and a
 * worker must then end four times in succession before the document fails.
 */
const mostCountedOfInfrastructure = mostAttempts - 4;

/** The maximum number of attempts after a defect: another attempt is unlikely to succeed. */
const mostAttemptsOnDefects = 4;

/**
 * Milliseconds from the start of the nth attempt (from 1) until a submission may be claimed again: exponential, with
 * jitter, so that submissions that failed together are not retried together. `random` is from 0 to 1.
 */
export function retryDelay(attempt: number, random = Math.random()): number {
  return Math.min(longestDelay, firstDelay * 2 ** (attempt - 1)) * (0.75 + random / 2);
}

/** The result of a submission. */
export type Outcome = {
  readonly id: string;
  readonly status: "merged" | "rejected";
  readonly pithNumber: string | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
};

/** Stores the results of submissions, deletes their documents, and notifies waiting clients on commit. */
export async function finish(client: QueryClient, outcomes: readonly Outcome[]): Promise<void> {
  await client.query(
    `UPDATE submissions SET status = outcome::submission_status, pith_number = number, error_code = code,
       error_message = message, finished_at = clock_timestamp(), document = NULL
     FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[])
       AS given (id, outcome, number, code, message)
     WHERE submission_id = id`,
    [
      outcomes.map(({ id }) => id),
      outcomes.map(({ status }) => status),
      outcomes.map(({ pithNumber }) => pithNumber),
      outcomes.map(({ errorCode }) => errorCode),
      outcomes.map(({ errorMessage }) => errorMessage),
    ],
  );
  await tellFinished(
    client,
    outcomes.map(({ id }) => id),
  );
}

/**
 * Stores the fault of submissions that are still queued. After an infrastructure fault they stay queued, however many
 * attempts they had: acknowledged documents are retried until they are stored. They fail after `mostAttemptsOnDefects`
 * defects in succession; attempts before the first of these do not count.
 */
export async function keepFault(
  client: QueryClient,
  ids: readonly string[],
  { code, message, isInfrastructure }: Fault,
): Promise<void> {
  // A failure of the database says nothing about the document, so the counted attempts stay below the limit.
  const counted = isInfrastructure
    ? `least(attempts, ${mostCountedOfInfrastructure})`
    : "CASE WHEN error_code = $2 THEN attempts ELSE 1 END";
  const fails = isInfrastructure ? "false" : `${counted} >= ${mostAttemptsOnDefects}`;
  const { rows } = await client.query<{ id: string }>(
    `UPDATE submissions SET error_code = $2, error_message = $3, attempts = ${counted},
       status = CASE WHEN ${fails} THEN 'failed'::submission_status ELSE status END,
       finished_at = CASE WHEN ${fails} THEN clock_timestamp() END
     WHERE submission_id = ANY($1::uuid[]) AND status = 'queued'
     RETURNING CASE WHEN status = 'failed' THEN submission_id END AS id`,
    [ids, code, message.replaceAll("\u0000", "\ufffd")],
  );
  await tellFinished(
    client,
    rows.map(({ id }) => id).filter((id) => id !== null),
  );
}

export async function tellFinished(client: QueryClient, ids: readonly string[]): Promise<void> {
  for (let from = 0; from < ids.length; from += idsInOneNotice) {
    const payload = ids.slice(from, from + idsInOneNotice).join(" ");
    await client.query("SELECT pg_notify($1, $2)", [finishedChannel, payload]);
  }
}

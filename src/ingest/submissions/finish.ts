import type { Statements } from "../../store/transaction.ts";
import type { Fault } from "./faults.ts";
import { finishedChannel, idsInOneNotice } from "./queue.ts";

const firstDelay = 1_000;
const longestDelay = 300_000;

/** The most attempts that may end with their worker: then the document itself is suspected of ending it. */
export const mostAttempts = 12;

/**
 * After a fault of the database, or the machine, at most so many attempts count: the next is made within some four
 * minutes, and a worker must end four times in succession before the document is given up.
 */
const mostCountedOfInfrastructure = mostAttempts - 4;

/** The most attempts where this program is at fault: the next one hardly ends otherwise. */
const mostAttemptsOnDefects = 4;

/**
 * How long after the start of its nth attempt (from 1) a submission may be taken up again, in milliseconds: doubling,
 * and spread, so that what failed together does not come back together. `random` is from 0 to 1.
 */
export function retryDelay(attempt: number, random = Math.random()): number {
  return Math.min(longestDelay, firstDelay * 2 ** (attempt - 1)) * (0.75 + random / 2);
}

/** What became of a submission. */
export type Outcome = {
  readonly id: string;
  readonly status: "merged" | "rejected";
  readonly pithNumber: string | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
};

/** Writes what became of submissions, lets their documents go, and tells who waits, with the commit. */
export async function finish(client: Statements, outcomes: readonly Outcome[]): Promise<void> {
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
 * Writes what went wrong with submissions that are still queued. Where the database or the machine was at fault they stay
 * queued, however often they were tried: what was acknowledged is retried until it is stored. Defects are given up after
 * `mostAttemptsOnDefects`.
 */
export async function keepFault(
  client: Statements,
  ids: readonly string[],
  { code, message, isInfrastructure }: Fault,
): Promise<void> {
  // Attempts that the database spoilt say nothing about the document: not so many are counted that it is given up.
  const [most, counted] = isInfrastructure
    ? [null, mostCountedOfInfrastructure]
    : [mostAttemptsOnDefects, mostAttempts];
  const { rows } = await client.query<{ id: string }>(
    `UPDATE submissions SET error_code = $2, error_message = $3, attempts = least(attempts, $5),
       status = CASE WHEN attempts >= $4 THEN 'failed'::submission_status ELSE status END,
       finished_at = CASE WHEN attempts >= $4 THEN clock_timestamp() END
     WHERE submission_id = ANY($1::uuid[]) AND status = 'queued'
     RETURNING CASE WHEN status = 'failed' THEN submission_id END AS id`,
    [ids, code, message.replaceAll("\u0000", "\ufffd"), most, counted],
  );
  await tellFinished(
    client,
    rows.map(({ id }) => id).filter((id) => id !== null),
  );
}

export async function tellFinished(client: Statements, ids: readonly string[]): Promise<void> {
  for (let from = 0; from < ids.length; from += idsInOneNotice) {
    const payload = ids.slice(from, from + idsInOneNotice).join(" ");
    await client.query("SELECT pg_notify($1, $2)", [finishedChannel, payload]);
  }
}

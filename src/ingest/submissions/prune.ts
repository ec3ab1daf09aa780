import type pg from "pg";

/** How long it can be asked what became of a submission. */
const keptDays = 30;

/** Forgets submissions that were finished long ago. Those that failed stay: their documents are in no other place. */
export async function pruneFinished(pool: pg.Pool): Promise<void> {
  // By `not_before`, which the index has; it lies near the submission's last attempt.
  await pool.query(
    `DELETE FROM submissions
     WHERE status IN ('merged', 'rejected') AND not_before < now() - $1 * interval '1 day'`,
    [keptDays],
  );
}

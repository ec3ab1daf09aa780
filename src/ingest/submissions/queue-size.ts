import type pg from "pg";

/** What waits in the queue. */
export type QueueSize = { readonly documents: number; readonly bytes: number };

/** Counts what is queued. Documents of failed submissions are kept, too, but wait for nobody. */
export async function readQueueSize(pool: pg.Pool): Promise<QueueSize> {
  const { rows } = await pool.query<{ documents: string; bytes: string }>(
    "SELECT count(*) AS documents, coalesce(sum(size), 0) AS bytes FROM submissions WHERE status = 'queued'",
  );
  const [size] = rows;
  return { documents: Number(size?.documents ?? 0), bytes: Number(size?.bytes ?? 0) };
}

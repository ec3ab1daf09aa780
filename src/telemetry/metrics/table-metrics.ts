import type pg from "pg";
import type { Database } from "../../store/index.ts";
import { readWriteLockWait } from "../../store/write-lock-wait.ts";
import { gauge, type Registry } from "./registry.ts";

/** Counts that are kept in the tables: what all processes together have taken in. */
const rowTotals = ["papers", "works", "claims", "citations", "events", "invalid_events"];

/** The queue of submissions, and the kept counts, as they are in the database when they are asked for. */
export function collectTableMetrics(registry: Registry, { pool }: Pick<Database, "pool">): void {
  collectWriteLock(registry, { pool });
  registry.collect(async () => {
    const queue = await readQueue(pool);
    return [
      gauge("pith_graph_queue_documents", "Submissions that wait for a worker.", [[queue.documents]]),
      gauge("pith_graph_queue_bytes", "Bytes of their documents.", [[queue.bytes]]),
      gauge("pith_graph_queue_oldest_seconds", "How long the oldest of them has waited.", [[queue.oldest]]),
      gauge("pith_graph_queue_failed_documents", "Submissions that were given up.", [[queue.failed]]),
    ];
  });
  registry.collect(async () => {
    const { rows } = await pool.query<{ name: string; value: string }>("SELECT name, value FROM totals");
    const totals = new Map(rows.map(({ name, value }) => [name, Number(value)]));
    return [
      gauge(
        "pith_graph_rows",
        "What the tables hold.",
        rowTotals.map((name) => [totals.get(name) ?? 0, { table: name }] as const),
      ),
      gauge("pith_graph_quarantine_documents", "Documents in quarantine.", [
        [totals.get("rejected_documents") ?? 0],
      ]),
    ];
  });
}

/** Who waits to write, and for whom: it stands in the database, so any process tells it. */
function collectWriteLock(registry: Registry, database: Pick<Database, "pool">): void {
  registry.collect(async () => {
    const wait = await readWriteLockWait(database);
    const holder = { pid: String(wait?.pid ?? ""), application: wait?.application ?? "" };
    return [
      gauge("pith_graph_write_lock_waiting", "Writers that wait for another one.", [[wait?.waiting ?? 0]]),
      gauge("pith_graph_write_lock_waited_seconds", "How long the first of them has waited.", [
        [wait?.waitedSeconds ?? 0],
      ]),
      gauge(
        "pith_graph_write_lock_held_seconds",
        "How long the transaction of the writer that they wait for has been open.",
        wait === null ? [] : [[wait.heldSeconds, holder]],
      ),
    ];
  });
}

async function readQueue(
  pool: pg.Pool,
): Promise<{ documents: number; bytes: number; oldest: number; failed: number }> {
  const { rows } = await pool.query<{ documents: string; bytes: string; oldest: number; failed: string }>(
    `SELECT count(*) FILTER (WHERE status = 'queued') AS documents,
       coalesce(sum(size) FILTER (WHERE status = 'queued'), 0) AS bytes,
       coalesce(extract(epoch FROM now() - min(received_at) FILTER (WHERE status = 'queued')), 0)::float8 AS oldest,
       count(*) FILTER (WHERE status = 'failed') AS failed
     FROM submissions WHERE status IN ('queued', 'failed')`,
  );
  const [row] = rows;
  return {
    documents: Number(row?.documents ?? 0),
    bytes: Number(row?.bytes ?? 0),
    oldest: Math.max(0, row?.oldest ?? 0),
    failed: Number(row?.failed ?? 0),
  };
}

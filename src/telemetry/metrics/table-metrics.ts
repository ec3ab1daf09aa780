import type pg from "pg";
import type { Database } from "../../store/index.ts";
import { gauge, type Registry } from "./registry.ts";

/** Counts that are kept in the tables: what all processes together have taken in. */
const rowTotals = ["papers", "works", "claims", "citations", "events", "invalid_events"];

/** The queue of submissions, and the kept counts, as they are in the database when they are asked for. */
export function collectTableMetrics(registry: Registry, { pool }: Pick<Database, "pool">): void {
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

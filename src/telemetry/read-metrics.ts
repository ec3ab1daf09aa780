import { type EventLoopUtilization, monitorEventLoopDelay, performance } from "node:perf_hooks";
import type pg from "pg";
import type { GraphService } from "../graph/index.ts";
import { softwareVersion } from "../runtime/index.ts";
import { type Database, readWriteLockWait } from "../store/index.ts";
import { gauge, type Metrics } from "./metrics.ts";

/** Milliseconds. Shorter delays are not measured. */
const resolution = 10;

/**
 * Process metrics under the standard names of Prometheus clients. Event-loop delay and utilisation cover the time since
 * the previous collection.
 *
 * @returns a function that stops the measurement.
 */
export function collectProcessMetrics(metrics: Metrics): () => void {
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  let last: EventLoopUtilization = performance.eventLoopUtilization();
  metrics.collect(() => {
    const { user, system } = process.cpuUsage();
    const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    last = now;
    const seconds = (nanoseconds: number) => Math.max(0, nanoseconds / 1e9 - resolution / 1e3);
    // Without a sample, the delay is 0.
    const delays = delay.count === 0 ? [0, 0, 0] : [delay.percentile(50), delay.percentile(99), delay.max];
    const [median = 0, p99 = 0, max = 0] = delays.map(seconds);
    delay.reset();
    return [
      gauge("pith_graph_info", "Software version; always 1.", [
        [1, { version: softwareVersion, node: process.version }],
      ]),
      gauge("process_cpu_user_seconds_total", "User CPU time.", [[user / 1e6]], "counter"),
      gauge("process_cpu_system_seconds_total", "System CPU time.", [[system / 1e6]], "counter"),
      gauge("process_start_time_seconds", "Start time of the process, since 1970.", [
        [performance.timeOrigin / 1e3],
      ]),
      gauge("process_resident_memory_bytes", "Resident memory.", [[rss]]),
      gauge("nodejs_heap_size_used_bytes", "Used JavaScript heap.", [[heapUsed]]),
      gauge("nodejs_heap_size_total_bytes", "JavaScript heap.", [[heapTotal]]),
      gauge("nodejs_external_memory_bytes", "Memory outside the heap: buffers.", [[external]]),
      gauge("nodejs_eventloop_lag_p50_seconds", "Event-loop delay: median.", [[median]]),
      gauge("nodejs_eventloop_lag_p99_seconds", "Event-loop delay: 99th percentile.", [[p99]]),
      gauge("nodejs_eventloop_lag_max_seconds", "Event-loop delay: maximum.", [[max]]),
      gauge("nodejs_eventloop_utilization", "Fraction of time that the event loop was busy.", [
        [utilization],
      ]),
    ];
  });
  return () => delay.disable();
}

/** The citation graph in memory, read at each collection. */
export function collectGraphMetrics(metrics: Metrics, graph: Pick<GraphService, "status">): void {
  metrics.collect(() => {
    const status = graph.status();
    return [
      gauge("pith_graph_graph_loaded", "1 if citation queries are answered from memory.", [
        [Number(status.isLoaded)],
      ]),
      gauge("pith_graph_graph_load_failed", "1 if the last attempt to load failed.", [
        [Number(status.loadError !== null)],
      ]),
      gauge("pith_graph_graph_version", "Feed position of the graph in memory.", [
        [Number(status.graphVersion ?? 0)],
      ]),
      gauge("pith_graph_graph_lag_positions", "Feed positions that the graph in memory is behind.", [
        [status.lagPositions],
      ]),
      gauge(
        "pith_graph_graph_lag_seconds",
        "Age of the newest change in memory if memory is behind, else 0.",
        [[status.lagMilliseconds / 1e3]],
      ),
      gauge("pith_graph_graph_works", "Works in memory.", [[status.vertices]]),
      gauge("pith_graph_graph_citations", "Citations in memory.", [[status.edges]]),
      gauge("pith_graph_graph_memory_bytes", "Memory of the graph.", [[status.bytes]]),
      gauge("pith_graph_graph_summaries", "Works in memory whose title and paper are there too.", [
        [status.summaries],
      ]),
      gauge("pith_graph_graph_summary_bytes", "Memory of these titles and papers.", [[status.summaryBytes]]),
      gauge("pith_graph_graph_loads_total", "Times that the graph was loaded.", [[status.loads]], "counter"),
      gauge(
        "pith_graph_graph_folds_total",
        "Times that changes were folded into the base graph.",
        [[status.folds]],
        "counter",
      ),
    ];
  });
}

/** The connections of the pools, read at each collection. */
export function collectPoolMetrics(metrics: Metrics, pools: Readonly<Record<string, pg.Pool>>): void {
  metrics.collect(() => {
    const all = Object.entries(pools);
    return [
      gauge(
        "pith_graph_pool_connections",
        "Connections to PostgreSQL.",
        all.flatMap(([pool, { totalCount, idleCount }]) => [
          [totalCount - idleCount, { pool, state: "used" }] as const,
          [idleCount, { pool, state: "idle" }] as const,
        ]),
      ),
      gauge(
        "pith_graph_pool_connections_max",
        "Maximum connections.",
        all.map(([pool, { options }]) => [options.max ?? 0, { pool }] as const),
      ),
      gauge(
        "pith_graph_pool_waiting",
        "Requests that wait for a connection.",
        all.map(([pool, { waitingCount }]) => [waitingCount, { pool }] as const),
      ),
    ];
  });
}

/** Counts kept in the tables: what all processes together have ingested. */
const rowTotals = ["papers", "works", "claims", "citations", "events", "invalid_events"];

/** The submission queue and the counts kept in the tables, read from the database at each collection. */
export function collectTableMetrics(metrics: Metrics, { pool }: Pick<Database, "pool">): void {
  collectWriteLock(metrics, { pool });
  metrics.collect(async () => {
    const queue = await readQueue(pool);
    return [
      gauge("pith_graph_queue_documents", "Queued submissions.", [[queue.documents]]),
      gauge("pith_graph_queue_bytes", "Bytes of queued submissions.", [[queue.bytes]]),
      gauge("pith_graph_queue_oldest_seconds", "Age of the oldest queued submission.", [[queue.oldest]]),
      gauge("pith_graph_queue_failed_documents", "Submissions that failed.", [[queue.failed]]),
    ];
  });
  metrics.collect(async () => {
    const { rows } = await pool.query<{ name: string; value: string }>("SELECT name, value FROM totals");
    const totals = new Map(rows.map(({ name, value }) => [name, Number(value)]));
    return [
      gauge(
        "pith_graph_rows",
        "Rows in the tables.",
        rowTotals.map((name) => [totals.get(name) ?? 0, { table: name }] as const),
      ),
      gauge("pith_graph_quarantine_documents", "Documents in quarantine.", [
        [totals.get("rejected_documents") ?? 0],
      ]),
    ];
  });
}

/** Holder and waiters of the write lock. They are read from the database, so any process can report them. */
function collectWriteLock(metrics: Metrics, database: Pick<Database, "pool">): void {
  metrics.collect(async () => {
    const wait = await readWriteLockWait(database);
    const holder = { pid: String(wait?.pid ?? ""), application: wait?.application ?? "" };
    return [
      gauge("pith_graph_write_lock_waiting", "Writers that wait for the write lock.", [[wait?.waiting ?? 0]]),
      gauge("pith_graph_write_lock_waited_seconds", "Wait of the first of them.", [
        [wait?.waitedSeconds ?? 0],
      ]),
      gauge(
        "pith_graph_write_lock_held_seconds",
        "Age of the transaction that holds the write lock.",
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

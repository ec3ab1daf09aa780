import { type EventLoopUtilization, monitorEventLoopDelay, performance } from "node:perf_hooks";
import { softwareVersion } from "../../version.ts";
import { gauge, type Registry } from "./registry.ts";

/** Milliseconds: a delay of less than that is not seen. */
const resolution = 10;

/**
 * The process itself, under the names that Prometheus' clients use. Delays and utilisation of the event loop are those
 * since they were last asked for.
 *
 * @returns how to end the watching.
 */
export function collectProcessMetrics(registry: Registry): () => void {
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  let last: EventLoopUtilization = performance.eventLoopUtilization();
  registry.collect(() => {
    const { user, system } = process.cpuUsage();
    const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    last = now;
    const seconds = (nanoseconds: number) => Math.max(0, nanoseconds / 1e9 - resolution / 1e3);
    // Without a sample there is no delay either.
    const delays = delay.count === 0 ? [0, 0, 0] : [delay.percentile(50), delay.percentile(99), delay.max];
    const [middle = 0, high = 0, most = 0] = delays.map(seconds);
    delay.reset();
    return [
      gauge("pith_graph_info", "The software, always 1.", [
        [1, { version: softwareVersion, node: process.version }],
      ]),
      gauge("process_cpu_user_seconds_total", "CPU time of the program.", [[user / 1e6]], "counter"),
      gauge(
        "process_cpu_system_seconds_total",
        "CPU time of the system for it.",
        [[system / 1e6]],
        "counter",
      ),
      gauge("process_start_time_seconds", "When it began, since 1970.", [[performance.timeOrigin / 1e3]]),
      gauge("process_resident_memory_bytes", "Memory it takes of the machine's.", [[rss]]),
      gauge("nodejs_heap_size_used_bytes", "JavaScript's heap, used.", [[heapUsed]]),
      gauge("nodejs_heap_size_total_bytes", "JavaScript's heap.", [[heapTotal]]),
      gauge("nodejs_external_memory_bytes", "Memory outside of the heap: buffers.", [[external]]),
      gauge("nodejs_eventloop_lag_p50_seconds", "By how much timers were late: the median.", [[middle]]),
      gauge("nodejs_eventloop_lag_p99_seconds", "By how much timers were late: 1 in 100.", [[high]]),
      gauge("nodejs_eventloop_lag_max_seconds", "By how much timers were late at most.", [[most]]),
      gauge("nodejs_eventloop_utilization", "Which part of the time the event loop was busy.", [
        [utilization],
      ]),
    ];
  });
  return () => delay.disable();
}

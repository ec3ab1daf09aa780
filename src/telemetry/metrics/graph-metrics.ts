import type { GraphService } from "../../graph/index.ts";
import { gauge, type Registry } from "./registry.ts";

/** The citation graph in memory, when it is asked for. */
export function collectGraphMetrics(registry: Registry, graph: Pick<GraphService, "status">): void {
  registry.collect(() => {
    const status = graph.status();
    return [
      gauge("pith_graph_graph_loaded", "1 while questions are answered from memory.", [
        [Number(status.isLoaded)],
      ]),
      gauge("pith_graph_graph_load_failed", "1 where the last attempt to load failed.", [
        [Number(status.loadError !== null)],
      ]),
      gauge("pith_graph_graph_version", "The position of the feed that memory stands at.", [
        [Number(status.graphVersion ?? 0)],
      ]),
      gauge("pith_graph_graph_lag_positions", "How far memory is behind the feed.", [[status.lagPositions]]),
      gauge(
        "pith_graph_graph_lag_seconds",
        "How long ago it was written what memory stands at, where it is behind.",
        [[status.lagMilliseconds / 1e3]],
      ),
      gauge("pith_graph_graph_works", "Works in memory.", [[status.vertices]]),
      gauge("pith_graph_graph_citations", "Citations in memory.", [[status.edges]]),
      gauge("pith_graph_graph_memory_bytes", "Bytes of the graph's arrays.", [[status.bytes]]),
      gauge("pith_graph_graph_loads_total", "How often it was loaded.", [[status.loads]], "counter"),
      gauge("pith_graph_graph_folds_total", "How often changes were folded in.", [[status.folds]], "counter"),
    ];
  });
}

import type pg from "pg";
import { statements } from "../../store/watched-statements.ts";
import { gauge, type Registry } from "./registry.ts";

/** Statements by name, from being asked for to the whole answer. Before the pools are opened. */
export function watchStatements(registry: Registry): () => void {
  const seconds = registry.summary(
    "pith_graph_sql_seconds",
    "Statements and their time, that of waiting for a connection included.",
    ["statement"],
  );
  const failures = registry.counter("pith_graph_sql_failures_total", "Statements that failed.", [
    "statement",
  ]);
  return statements.watch(({ name }) => {
    const startedAt = performance.now();
    return {
      end: (outcome) => {
        seconds.observe((performance.now() - startedAt) / 1e3, name);
        if ("error" in outcome) failures.add(1, name);
      },
    };
  });
}

/** The connections of a pool, when they are asked for. */
export function collectPoolMetrics(registry: Registry, pools: Readonly<Record<string, pg.Pool>>): void {
  registry.collect(() => {
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
        "The most that there may be.",
        all.map(([pool, { options }]) => [options.max ?? 0, { pool }] as const),
      ),
      gauge(
        "pith_graph_pool_waiting",
        "Who waits for a connection.",
        all.map(([pool, { waitingCount }]) => [waitingCount, { pool }] as const),
      ),
    ];
  });
}

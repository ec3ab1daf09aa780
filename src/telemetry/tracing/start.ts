import type { TracingConfig } from "../../config/index.ts";
import type { DocumentResult } from "../../ingest/index.ts";
import { ingestedBatches } from "../../ingest/watched-batches.ts";
import type { Log } from "../../log.ts";
import { statements } from "../../store/watched-statements.ts";
import { createExporter } from "./exporter.ts";
import { createSampler } from "./sampling.ts";
import { Tracer } from "./tracer.ts";

export type Tracing = {
  readonly tracer: Tracer;
  /** Stops watching, and sends what waits. */
  close(): Promise<void>;
};

/** Whether traces are wanted: where to send them is said. */
export function isTracing({ exporter, endpoint, tracesEndpoint }: TracingConfig): boolean {
  return exporter === "otlp" && (endpoint !== undefined || tracesEndpoint !== undefined);
}

/** Makes spans of batches of documents, and of the statements of all that is traced. */
export function startTracing(config: TracingConfig, log: Log): Tracing {
  const exporter = createExporter(config, log);
  const tracer = new Tracer(createSampler(config), exporter);
  const stops = [
    ingestedBatches.watch(({ documents }) =>
      tracer.root({
        name: "take in documents",
        kind: "internal",
        attributes: { "pith_graph.documents": documents },
        describe: (outcome) =>
          "result" in outcome ? { attributes: outcomesOf(outcome.result as readonly DocumentResult[]) } : {},
      }),
    ),
    statements.watch(({ name }) =>
      tracer.child({
        name,
        kind: "client",
        attributes: { "db.system.name": "postgresql", "db.query.summary": name },
      }),
    ),
  ];
  return {
    tracer,
    close: async () => {
      for (const stop of stops) stop();
      await exporter.close();
    },
  };
}

function outcomesOf(results: readonly DocumentResult[]): Record<string, number> {
  const counts = { merged: 0, unchanged: 0, rejected: 0 };
  for (const { status } of results) counts[status]++;
  return Object.fromEntries(Object.entries(counts).map(([name, count]) => [`pith_graph.${name}`, count]));
}

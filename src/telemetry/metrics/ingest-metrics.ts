import type { DocumentResult } from "../../ingest/index.ts";
import { ingestedBatches } from "../../ingest/watched-batches.ts";
import type { Registry } from "./registry.ts";

/** What this process takes in, and what it refuses, by reason. */
export function watchIntake(registry: Registry): () => void {
  const documents = registry.counter(
    "pith_graph_ingest_documents_total",
    "Documents, by what became of them.",
    ["outcome"],
  );
  const refused = registry.counter(
    "pith_graph_ingest_refused_documents_total",
    "Documents refused as a whole, by code.",
    ["code"],
  );
  const events = registry.counter(
    "pith_graph_ingest_refused_events_total",
    "Copies of events refused in documents that were let in, by reason.",
    ["reason"],
  );
  const seconds = registry.summary(
    "pith_graph_ingest_batch_seconds",
    "Batches of documents, from reading to the commit.",
  );
  const failures = registry.counter(
    "pith_graph_ingest_failed_batches_total",
    "Batches that came to nothing for a fault that is not the documents'.",
  );
  return ingestedBatches.watch(() => {
    const startedAt = performance.now();
    return {
      end: (outcome) => {
        seconds.observe((performance.now() - startedAt) / 1e3);
        if ("error" in outcome) return failures.add(1);
        for (const { status, rejection, refused: copies } of outcome.result as readonly DocumentResult[]) {
          documents.add(1, status);
          if (rejection !== null) refused.add(1, rejection.code);
          else for (const { reason } of copies) events.add(1, reason);
        }
      },
    };
  });
}

import type { IngestSummary } from "../ingest/index.ts";
import { type ExitStatus, exitStatus } from "./command-error.ts";
import { counted, countsText } from "./output/layout.ts";

/** The summary of an ingest, for a program. */
export function summaryJson(summary: IngestSummary) {
  const { documents, merged, unchanged, rejected, unacceptedEvents, refusedEvents } = summary;
  return {
    documents,
    merged,
    unchanged,
    rejected: Object.fromEntries(rejected),
    unacceptedEvents: Object.fromEntries(unacceptedEvents),
    refusedEvents: Object.fromEntries(refusedEvents),
  };
}

/** The summary of an ingest, for a person, with advice. */
export function summaryLines(summary: IngestSummary): string[] {
  const { documents, merged, unchanged, unaccepted, unacceptedEvents, partial, refusedEvents } = summary;
  const lines = [
    `${counted(documents, "document")}: ${merged} merged, ${unchanged} unchanged, ${rejectedCount(summary)} rejected`,
  ];
  if (unaccepted > 0) {
    lines.push(
      `${counted(unaccepted, "document")} rejected because no event was accepted: ${countsText(unacceptedEvents)}`,
    );
  }
  for (const [code, count] of otherRejections(summary))
    lines.push(`${counted(count, "document")} rejected: ${code}`);
  if (partial > 0) {
    const events = [...refusedEvents.values()].reduce((sum, count) => sum + count, 0);
    lines.push(
      `${counted(partial, "document")} partly accepted, ${counted(events, "event")} rejected: ${countsText(refusedEvents)}`,
    );
  }
  return [...lines, ...adviceLines(summary)];
}

/**
 * The exit status for rejected documents: `usage` if no event of a document was accepted, since other keys or another
 * minimum proof are needed then.
 */
export function rejectionStatus(summary: IngestSummary): ExitStatus {
  if (summary.unaccepted > 0) return exitStatus.usage;
  return summary.rejected.size > 0 ? exitStatus.failed : exitStatus.done;
}

function rejectedCount({ documents, merged, unchanged }: IngestSummary): number {
  return documents - merged - unchanged;
}

/** Documents that are rejected for other reasons than their events. */
function otherRejections({ rejected, unacceptedEvents }: IngestSummary): [code: string, count: number][] {
  return [...rejected].filter(([code]) => !unacceptedEvents.has(code));
}

const keyReasons = ["UNKNOWN_SIGNER", "SIGNER_MISMATCH", "KEY_NOT_VALID"];

function adviceLines({ unacceptedEvents, refusedEvents }: IngestSummary): string[] {
  const has = (reason: string) => unacceptedEvents.has(reason) || refusedEvents.has(reason);
  const lines: string[] = [];
  if (keyReasons.some(has)) {
    lines.push(
      "To accept events of other signers, name the keys that you trust: run the command again with --keyring <file>, or set " +
        "PITH_GRAPH_KEYRING.",
    );
  }
  if (has("UNSIGNED")) {
    lines.push(
      "To accept UNSIGNED events of a source that you trust, run the command again with --minimum-proof hash.",
    );
  }
  return lines;
}

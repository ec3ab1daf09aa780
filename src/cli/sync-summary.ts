import type { OutstandingPaper, StateDifference, SyncSummary } from "../sync/index.ts";
import { summaryJson, summaryLines } from "./ingest-summary.ts";
import { counted } from "./output/layout.ts";
import { shownText } from "./output/shown-text.ts";

/** The summary of a sync, for a program. */
export function syncJson(summary: SyncSummary) {
  const { position, outstanding, comparison } = summary;
  // As in the feed. JSON has no BigInt.
  return { ...summaryJson(summary), position: Number(position), outstanding, comparison };
}

/** The summary of a sync, for a person. `numbers`: how many a list had, if one was followed. */
export function syncLines(summary: SyncSummary, numbers: number | undefined): string[] {
  const lines = [...summaryLines(summary), ...outstandingLines(summary.outstanding)];
  if (numbers !== undefined) return [...lines, `${summary.position} of ${counted(numbers, "number")} done`];
  return [...lines, ...comparisonLines(summary)];
}

function outstandingLines(outstanding: readonly OutstandingPaper[]): string[] {
  const [first] = outstanding;
  if (first === undefined) return [];
  const messages = new Map<string, number>();
  for (const { message } of outstanding) messages.set(message, (messages.get(message) ?? 0) + 1);
  const reasons = [...messages].sort((a, b) => b[1] - a[1]).slice(0, maxReasons);
  const are = outstanding.length === 1 ? "is" : "are";
  return [
    `${counted(outstanding.length, "paper")} ${are} outstanding: listed by the mirror, and not fetched yet.`,
    ...reasons.map(([message, count]) => `  ${count}: ${shownText(message)}`),
    `The next sync of this mirror fetches them again; with --follow from ${first.nextAttemptAt} on.`,
  ];
}

/** Reasons that are shown, at most. */
const maxReasons = 5;

function comparisonLines({ position, comparison }: SyncSummary): string[] {
  if (comparison === null) return [`At position ${position} of its feed`];
  const { isEqual, mine, theirs, difference } = comparison;
  const end = `At position ${position} of its feed, its end:`;
  if (isEqual) return [`${end} both mirrors hold the same states (checksum ${mine})`];
  const lines = [`${end} the mirrors hold different states (checksum ${mine} here, ${theirs} there).`];
  if (difference === null) {
    return [...lines, "They may have other sources, other trusted keys, or another minimum proof."];
  }
  if (difference.papers === 0) return [...lines, "The mirror has changed meanwhile; no paper differs now."];
  return [...lines, ...differenceLines(difference)];
}

function differenceLines({ papers, reasons }: StateDifference): string[] {
  return [
    `${counted(papers, "paper")} ${papers === 1 ? "differs" : "differ"}:`,
    ...reasons.map(({ reason, papers: count, examples }) => {
      const more = count > examples.length ? ", …" : "";
      return `  ${count}: ${reasonText(reason)} (${examples.join(", ")}${more})`;
    }),
  ];
}

function reasonText(reason: StateDifference["reasons"][number]["reason"]): string {
  const [kind = "", code = ""] = reason.split(" ");
  switch (kind) {
    case "OUTSTANDING":
      return "not fetched yet";
    case "REJECTED":
      return `rejected here, ${code}`;
    case "EVENTS_REJECTED":
      return `stored here without some events, ${code}`;
    case "CHANGED_SINCE":
      return "changed by the mirror after it was fetched";
    case "ONLY_HERE":
      return "not listed by this mirror, but stored here from another source";
    case "OTHER_EVENTS_HERE":
      return "with other events here: from another source, or by other trusted keys or another minimum proof";
    default:
      return "not stored here; why is no longer in quarantine";
  }
}

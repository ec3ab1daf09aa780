import type { PaperRow } from "../ingest/project/paper.ts";
import { projectTarget } from "../ingest/project/target.ts";
import type { Delivered } from "../ingest/sources/files.ts";
import { type AdmissionPolicy, receive } from "../ingest/verify.ts";
import {
  type CheckResult,
  type EventStatus,
  isJsonObject,
  type JsonObject,
  mergeJudged,
  type Proof,
  parseJson,
  warningsOf,
} from "../protocol/index.ts";
import { shownText } from "./output/shown-text.ts";

export type VerifyOptions = AdmissionPolicy;

/** What is said of one document. */
export type VerifyReport = {
  readonly source: string;
  /** Set where the document is refused as a whole; there is nothing else then. */
  readonly error?: { readonly code: string; readonly message: string };
  readonly kind?: "bundle" | "state";
  readonly pithNumber?: string;
  readonly stateSha256?: string;
  readonly checks?: Readonly<Record<string, CheckResult>>;
  readonly events?: readonly EventReport[];
  /** Forks: the ids of the events of one signer that contest one place. */
  readonly equivocations?: readonly (readonly string[])[];
  readonly warnings?: readonly string[];
};

type EventReport = {
  readonly eventId: string;
  readonly type?: string;
  readonly signer?: string;
  readonly proof?: Proof;
  readonly status: EventStatus | "refused";
  /** Why it is refused or invalid. */
  readonly reason?: string;
};

/** Judges one document alone, as a mirror that holds nothing else would. */
export function verifyDocument(delivered: Delivered, options: VerifyOptions): VerifyReport {
  const { source } = delivered;
  if ("unreadable" in delivered) {
    return { source, error: { code: delivered.code, message: delivered.unreadable } };
  }
  const received = receive(delivered, options);
  if ("code" in received) return { source, error: { code: received.code, message: received.message } };
  const { judged: document, publishedResult, record } = received.contents;
  const state = mergeJudged(document.pithNumber, [document]);
  const parsed = record === null ? null : parseJson(record);
  const bundleRecord = isJsonObject(parsed ?? undefined) ? (parsed as JsonObject) : null;
  const publishedResults = new Set(publishedResult === null ? [] : [publishedResult]);
  const { row } = projectTarget({ pithNumber: document.pithNumber, state, bundleRecord, publishedResults });
  const events: EventReport[] = [...state.events.values()].map(({ event, status, reason }) => ({
    eventId: event.id,
    type: event.type,
    signer: `${event.signer.signer_id} (${event.signer.key_id})`,
    proof: event.proof,
    status,
    ...(reason === null ? {} : { reason }),
  }));
  for (const { id, reason } of document.refused) events.push({ eventId: id, status: "refused", reason });
  const warnings = warningsOf([document], [state]);
  return {
    source,
    kind: document.kind,
    pithNumber: document.pithNumber,
    stateSha256: state.sha256,
    checks: checksOf(row, publishedResult),
    events,
    equivocations: state.equivocations.map(({ eventIds }) => eventIds),
    warnings: warnings.sort(),
  };
}

function checksOf(row: PaperRow | null, publishedResult: CheckResult | null): Record<string, CheckResult> {
  const published = publishedResult === null ? {} : { publishedStateHash: publishedResult };
  if (row === null) return published;
  const { recordHash, receipt, titleBinding, claimsHash, referencesHash } = row;
  return { recordHash, receipt, titleBinding, claimsHash, referencesHash, ...published };
}

export function isFailure({ error, checks, events, warnings }: VerifyReport): boolean {
  return (
    error !== undefined ||
    Object.values(checks ?? {}).includes("FAILED") ||
    (warnings ?? []).includes("EVENT_ID_UNVERIFIABLE") ||
    (events ?? []).some(({ status }) => status === "refused" || status === "invalid")
  );
}

/** What each check means, in the order in which they are shown. */
const checkTexts: Record<string, string> = {
  recordHash: "the canonical record has the hash that the Pith number names",
  receipt: "the signer's receipt over the record",
  titleBinding: "the title shown is the one the record binds",
  claimsHash: "the claims have the hash that the snapshot gives",
  referencesHash:
    "the references have the hash that the snapshot gives (a part of the list cannot be checked)",
  publishedStateHash: "merging the document gives the state it publishes",
};

/** The report as lines for a person. What the document wrote itself is shown as text, whatever it holds. */
export function reportLines(report: VerifyReport): string[] {
  const { source, error, checks = {}, events = [], equivocations = [], warnings = [] } = report;
  if (error !== undefined)
    return [`${shownText(source)}: REFUSED ${error.code}`, `  ${shownText(error.message)}`];
  const lines = [
    `${shownText(source)}: ${report.kind} of ${report.pithNumber}`,
    `  state ${report.stateSha256}`,
  ];
  for (const [check, result] of Object.entries(checks)) {
    lines.push(`  ${result.padEnd(13)} ${check}: ${checkTexts[check]}`);
  }
  for (const { eventId, type, signer, proof, status, reason } of events) {
    const verdict = reason === undefined ? status : `${status} (${reason})`;
    const what =
      type === undefined ? "" : ` ${shownText(type)} by ${shownText(signer ?? "")}, proof ${proof}`;
    lines.push(`  ${eventId}${what}: ${verdict}`);
  }
  for (const ids of equivocations) lines.push(`  FORK: ${ids.join(" contested by ")}`);
  for (const warning of warnings) lines.push(`  warning: ${warning}`);
  lines.push(isFailure(report) ? "  FAILED" : "  nothing failed");
  return lines;
}

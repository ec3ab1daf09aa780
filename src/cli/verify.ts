import type { Command } from "commander";
import { readConfig, readMinimumProof } from "../config/index.ts";
import {
  type AdmissionPolicy,
  findSources,
  type ProjectedPaper,
  parseAndVerify,
  projectTarget,
  readSource,
  type SourceDocument,
} from "../ingest/index.ts";
import {
  type CheckResult,
  type EventStatus,
  isJsonObject,
  type JsonObject,
  mergeJudged,
  type Proof,
  parseJson,
  summaryOf,
  warningsOf,
} from "../protocol/index.ts";
import { CommandError, exitStatus } from "./command-error.ts";
import { loadKeyring } from "./keyring-file.ts";
import { jsonLine, shownText } from "./output/shown-text.ts";
import { outputClosed, say } from "./output/terminal.ts";

type Options = { readonly minimumProof: string; readonly keyring?: string; readonly json?: boolean };

export function addVerifyCommand(program: Command): void {
  program
    .command("verify")
    .description("judge documents offline: every check and every event, with its verdict")
    .argument(
      "<path>",
      "a bundle or a state (.json), several of them (.ndjson), also .gz; a folder of these; - for standard input",
    )
    .option(
      "--minimum-proof <proof>",
      "minimum proof of an accepted event: hash (take the source's word) or signed",
      "hash",
    )
    .option("--keyring <file>", "JSON file of keys to trust besides the registry's")
    .option("--json", "print one JSON object a document")
    .addHelpText(
      "after",
      `
A check is PASSED, FAILED, or NOT_CHECKABLE: what cannot be checked has not failed.

Examples:
  $ pith-graph verify sample/pith-2302.12192.state.json
  $ pith-graph verify --keyring sample/keyring.json --json sample/arxiv-2022-12.ndjson.gz

JSON: {"source", "kind", "pithNumber", "stateSha256", "checks": {check: result}, "events": [{"eventId", "type", "signer",
"proof", "status", "reason"?}], "equivocations": [[event id, …]], "warnings": […]} a document; of one that is refused as a
whole {"source", "error": {"code", "message"}}.
Exit status: 0 where nothing failed; 1 where a document or an event is refused, an event is invalid, or a check failed.`,
    )
    .action(async (path: string, options: Options) => {
      process.exitCode = await runVerify(path, options);
    });
}

async function runVerify(path: string, options: Options): Promise<number> {
  const config = readConfig();
  const door: VerifyOptions = {
    keyring: await loadKeyring([config.keyringPath, options.keyring]),
    minimumProof: readMinimumProof(options.minimumProof),
    maximumBytes: config.maximumDocumentBytes,
  };
  let failures = 0;
  let documents = 0;
  for await (const delivered of deliveriesOf(path, door.maximumBytes)) {
    if (outputClosed.aborted) break;
    documents++;
    const report = verifyDocument(delivered, door);
    if (isFailure(report)) failures++;
    process.stdout.write(
      options.json === true ? `${jsonLine(report)}\n` : `${reportLines(report).join("\n")}\n`,
    );
  }
  if (documents === 0) throw new CommandError(`${path} holds no documents.`, exitStatus.misused);
  return failures > 0 ? exitStatus.foundWrong : exitStatus.done;
}

async function* deliveriesOf(path: string, maximumBytes: number): AsyncGenerator<SourceDocument> {
  for (const source of await findSources([path], say)) yield* readSource(source, maximumBytes, () => {});
}

type VerifyOptions = AdmissionPolicy;

/** The report about one document. */
type VerifyReport = {
  readonly source: string;
  /** Set if the complete document is rejected; the other fields are then absent. */
  readonly error?: { readonly code: string; readonly message: string };
  readonly kind?: "bundle" | "state";
  readonly pithNumber?: string;
  readonly stateSha256?: string;
  readonly checks?: Readonly<Record<string, CheckResult>>;
  readonly events?: readonly EventReport[];
  /** Forks: the ids of the conflicting events of one signer. */
  readonly equivocations?: readonly (readonly string[])[];
  readonly warnings?: readonly string[];
};

type EventReport = {
  readonly eventId: string;
  readonly type?: string;
  readonly signer?: string;
  readonly proof?: Proof;
  readonly status: EventStatus | "refused";
  /** The reason why it is rejected or invalid. */
  readonly reason?: string;
};

/** Verifies one document alone, like a mirror that stores nothing else. */
function verifyDocument(delivered: SourceDocument, options: VerifyOptions): VerifyReport {
  const { source } = delivered;
  if ("unreadable" in delivered) {
    return { source, error: { code: delivered.code, message: delivered.unreadable } };
  }
  const received = parseAndVerify(delivered, options);
  if ("code" in received) return { source, error: { code: received.code, message: received.message } };
  const { judged: document, publishedResult, record } = received.contents;
  const state = mergeJudged(document.pithNumber, [document]);
  const parsed = record === null ? null : parseJson(record);
  const bundleRecord = isJsonObject(parsed ?? undefined) ? (parsed as JsonObject) : null;
  const publishedResults = new Set(publishedResult === null ? [] : [publishedResult]);
  const { row } = projectTarget({
    pithNumber: document.pithNumber,
    state: summaryOf(state),
    bundleRecord,
    publishedResults,
  });
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

function checksOf(
  row: ProjectedPaper | null,
  publishedResult: CheckResult | null,
): Record<string, CheckResult> {
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

/** The meaning of each check, in the order of display. */
const checkTexts: Record<string, string> = {
  recordHash: "the canonical record has the hash that the Pith number names",
  receipt: "the signer's receipt over the record",
  titleBinding: "the title shown is the one the record binds",
  claimsHash: "the claims have the hash that the snapshot gives",
  referencesHash:
    "the references have the hash that the snapshot gives (a part of the list cannot be checked)",
  publishedStateHash: "merging the document gives the state it publishes",
};

/** The report as lines for a person. Text from the document is printed as plain text, whatever it contains. */
function reportLines(report: VerifyReport): string[] {
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

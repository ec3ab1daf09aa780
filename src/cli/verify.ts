import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import { readConfig, readMinimumProof } from "../config/index.ts";
import {
  type AdmissionPolicy,
  findSources,
  type ProjectedPaper,
  parseAndVerify,
  projectTarget,
  readSource,
  readTextFile,
  type SourceDocument,
} from "../ingest/index.ts";
import {
  type CheckResult,
  type ConformanceResult,
  type EventStatus,
  isJsonObject,
  type JsonObject,
  mergeVerified,
  type Proof,
  parseJson,
  runVectorFile,
  summaryOf,
  warningsOf,
} from "../protocol/index.ts";
import { errorText } from "../runtime/index.ts";
import { CommandError, exitStatus } from "./command-error.ts";
import { loadKeyring } from "./keyring-file.ts";
import { keyringOption, minimumProofOption } from "./options.ts";
import { jsonLine, sanitize } from "./output/sanitize.ts";
import { outputClosed, printStatus } from "./output/terminal.ts";

type Options = { readonly minimumProof: string; readonly keyring?: string; readonly json?: boolean };

/** Commands that check documents and this implementation without a database. */
export function addVerifyCommands(program: Command): void {
  program
    .command("verify")
    .description("verify documents offline: print the result of each check and the status of each event")
    .argument("<path>", "file or folder: .json, .ndjson, also .gz; - for standard input")
    .option(...minimumProofOption, "hash")
    .option(...keyringOption)
    .option("--json", "print each document as one line of JSON")
    .addHelpText(
      "after",
      `
A check is PASSED, FAILED or NOT_CHECKABLE; NOT_CHECKABLE is not a failure.

Examples:
  $ pith-graph verify sample/pith-2302.12192.state.json
  $ pith-graph verify --keyring sample/keyring.json --json sample/arxiv-2022-12.ndjson.gz

JSON: one line per document, {"source", "kind", "pithNumber", "stateSha256", "checks": {check: result}, "events": [{"eventId",
"type", "signer", "proof", "status", "reason"?}], "equivocations": [[event id, …]], "warnings": […]}; of a rejected document
{"source", "error": {"code", "message"}}.
Exit status: 1 if a document or event was rejected, an event is invalid, or a check failed.`,
    )
    .action(async (path: string, options: Options) => {
      process.exitCode = await runVerify(path, options);
    });
  program
    .command("conformance")
    .description("run the protocol's test vectors against this implementation")
    .argument("<folder>", "folder with merge-*.json, canonical-*.json, receipts.json, …")
    .option("--json", "print each result as one line of JSON")
    .addHelpText(
      "after",
      `
Examples:
  $ pith-graph conformance test/vectors

JSON: one line per vector, {"name", "difference": null | the expected and the actual result}.
Exit status: 1 if a vector fails, or the folder has none.`,
    )
    .action(async (folder: string, options: { readonly json?: boolean }) => {
      process.exitCode = await runConformance(folder, options.json === true);
    });
}

async function runVerify(path: string, options: Options): Promise<number> {
  const config = readConfig();
  const policy: AdmissionPolicy = {
    keyring: await loadKeyring([config.keyringPath, options.keyring]),
    minimumProof: readMinimumProof(options.minimumProof),
    maximumBytes: config.maximumDocumentBytes,
  };
  let failures = 0;
  let documents = 0;
  for await (const delivered of deliveriesOf(path, policy.maximumBytes)) {
    if (outputClosed.aborted) break;
    documents++;
    const report = verifyDocument(delivered, policy);
    if (isFailure(report)) failures++;
    process.stdout.write(
      options.json === true ? `${jsonLine(report)}\n` : `${reportLines(report).join("\n")}\n`,
    );
  }
  if (documents === 0) throw new CommandError(`No documents in ${path}.`, exitStatus.usage);
  return failures > 0 ? exitStatus.failed : exitStatus.done;
}

async function* deliveriesOf(path: string, maximumBytes: number): AsyncGenerator<SourceDocument> {
  for (const source of await findSources([path], printStatus))
    yield* readSource(source, maximumBytes, () => {});
}

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
function verifyDocument(delivered: SourceDocument, policy: AdmissionPolicy): VerifyReport {
  const { source } = delivered;
  if ("unreadable" in delivered) {
    return { source, error: { code: delivered.code, message: delivered.unreadable } };
  }
  const received = parseAndVerify(delivered, policy);
  if ("code" in received) return { source, error: { code: received.code, message: received.message } };
  const { judged: document, publishedResult, record } = received.contents;
  const state = mergeVerified(document.pithNumber, [document]);
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
  recordHash: "the hash of the canonical record matches the Pith number",
  receipt: "the receipt of the record is valid",
  titleBinding: "the title matches its hash in the record",
  claimsHash: "the claims match their hash in the snapshot",
  referencesHash: "the references match their hash in the snapshot (only a complete list can be checked)",
  publishedStateHash: "merging the document yields the state that it publishes",
};

/** The report as lines for a person. Text from the document is printed as plain text, whatever it contains. */
function reportLines(report: VerifyReport): string[] {
  const { source, error, checks = {}, events = [], equivocations = [], warnings = [] } = report;
  if (error !== undefined)
    return [`${sanitize(source)}: REJECTED ${error.code}`, `  ${sanitize(error.message)}`];
  const lines = [
    `${sanitize(source)}: ${report.kind} of ${report.pithNumber}`,
    `  state ${report.stateSha256}`,
  ];
  for (const [check, result] of Object.entries(checks)) {
    lines.push(`  ${result.padEnd(13)} ${check}: ${checkTexts[check]}`);
  }
  for (const { eventId, type, signer, proof, status, reason } of events) {
    const verdict = reason === undefined ? status : `${status} (${reason})`;
    const what = type === undefined ? "" : ` ${sanitize(type)} by ${sanitize(signer ?? "")}, proof ${proof}`;
    lines.push(`  ${eventId}${what}: ${verdict}`);
  }
  for (const ids of equivocations) lines.push(`  FORK: ${ids.join(" contested by ")}`);
  for (const warning of warnings) lines.push(`  warning: ${warning}`);
  lines.push(isFailure(report) ? "  FAILED" : "  no failures");
  return lines;
}

async function runConformance(folder: string, asJson: boolean): Promise<number> {
  const results: ConformanceResult[] = [];
  for (const name of (await namesIn(folder)).sort()) {
    if (!/\.(?:json|ndjson)$/.test(name)) continue;
    results.push(...runFile(name, await readTextFile(join(folder, name))));
  }
  const failed = results.filter(({ difference }) => difference !== null);
  if (asJson) {
    for (const result of results) process.stdout.write(`${jsonLine(result)}\n`);
  } else {
    for (const { name, difference } of failed) process.stdout.write(`FAILED ${name}: ${difference}\n`);
    process.stdout.write(`${results.length - failed.length} passed, ${failed.length} failed\n`);
  }
  if (results.length === 0) printStatus(`No test vectors in ${folder}.`);
  return results.length > 0 && failed.length === 0 ? exitStatus.done : exitStatus.failed;
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: unknown) => {
    throw new CommandError(`Can't read the folder ${folder}: ${errorText(error)}.`, exitStatus.usage);
  });
}

function runFile(name: string, text: string): ConformanceResult[] {
  try {
    return runVectorFile(name, text) ?? [];
  } catch (error) {
    // A file that is not a vector at all must not hide the results of the others.
    return [{ name, difference: `not test vectors: ${errorText(error)}` }];
  }
}

import type { Command } from "commander";
import { readConfig, readMinimumProof } from "../config/index.ts";
import { createIngestThreads, readTextFile } from "../ingest/index.ts";
import { errorText } from "../runtime/index.ts";
import type { Database } from "../store/index.ts";
import {
  createFetcher,
  createUrlPolicy,
  followMirror,
  type ListedNumber,
  MirrorError,
  type OutstandingPaper,
  readBaseUrl,
  readNumbers,
  type StateDifference,
  type SyncOptions,
  type SyncSummary,
  syncMirror,
  type UrlPolicy,
} from "../sync/index.ts";
import { threadWatcher } from "../telemetry/index.ts";
import { CommandError, checkedArgument, type ExitStatus, exitStatus } from "./command-error.ts";
import { type DatabaseContext, withDatabase } from "./context.ts";
import { rejectionStatus, summaryJson, summaryLines } from "./ingest-summary.ts";
import { forceExit, type Interruption, listenForInterruption } from "./interruption.ts";
import { lowerPriority } from "./lower-priority.ts";
import { allowHostOption, keyringOption, minimumProofOption, parseWholeNumber } from "./options.ts";
import { counted } from "./output/layout.ts";
import { jsonLine, sanitize } from "./output/sanitize.ts";
import { printStatus } from "./output/terminal.ts";
import { Progress } from "./progress.ts";

type Options = {
  readonly follow?: boolean;
  readonly numbers?: string;
  /** If undefined, a manifest is tried, and its absence accepted. */
  readonly manifest?: boolean;
  readonly minimumProof: string;
  readonly keyring?: string;
  readonly allowHost: readonly string[];
  readonly concurrency: number;
  readonly fromStart?: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
};

export function addSyncCommand(program: Command): void {
  program
    .command("sync")
    .description("fetch and verify all papers of another mirror")
    .argument("<base url>", "address of the mirror: https://mirror.example.org")
    .option("--follow", "keep following the mirror's feed until stopped")
    .option("--numbers <file>", "fetch these papers instead: Pith numbers or suffixes, one per line")
    .option("--manifest", "require the mirror's /pith-mirrors.json for the addresses of bundles")
    .option("--no-manifest", "don't use the manifest (default: use it if there is one)")
    .option(...minimumProofOption, "signed")
    .option(...keyringOption)
    .option(...allowHostOption)
    .option("--concurrency <number>", "concurrent downloads", parseWholeNumber(1, 64), 4)
    .option("--from-start", "start again from the beginning of the mirror's feed")
    .option("--quiet", "print only the summary")
    .option("--json", "print each summary as one line of JSON")
    .addHelpText(
      "after",
      `
Examples:
  $ pith-graph sync https://mirror.example.org
  $ pith-graph sync --follow --allow-host localhost:4000 http://localhost:4000
  $ pith-graph sync https://pith.science --numbers numbers.txt --minimum-proof hash

Continues where the last sync of this mirror stopped, and fetches outstanding papers again. PITH_GRAPH_ALLOW_HOSTS also
allows hosts.

JSON: as for \`ingest\`, plus "position", "outstanding": [{"paper", "code", "message", "attempts", "nextAttemptAt", …}],
"comparison": null | {"isEqual", "mine", "theirs", "difference": null | {"papers", "reasons": [{"reason", "papers", "examples"}]}}.
Exit status: 1 if a document was rejected (it goes to quarantine) or an event was forged; 2 if every event of a document was
rejected, so that other keys are needed (--keyring); 3 if papers are outstanding, or the mirror is unavailable.`,
    )
    .action(async (baseUrl: string, options: Options) => {
      process.exitCode = await runSync(baseUrl, options);
    });
}

async function runSync(address: string, options: Options): Promise<number> {
  const minimumProof = readMinimumProof(options.minimumProof);
  const baseUrl = await checkedArgument(() => readBaseUrl(address));
  const numbers = options.numbers === undefined ? undefined : await readList(options.numbers);
  if (numbers !== undefined && options.follow === true) {
    throw new CommandError("--follow and --numbers can't be combined.", exitStatus.usage);
  }
  const { allowedHosts, stopSeconds } = readConfig();
  const policy = await checkedArgument(() => createUrlPolicy([...allowedHosts, ...options.allowHost]));
  const interruption = listenForInterruption();
  // With `--follow` it is a service: one request must be enough to stop it.
  if (options.follow === true) {
    interruption.signal.addEventListener("abort", () => forceExit(stopSeconds, { error: printStatus }), {
      once: true,
    });
  }
  return withDatabase(options, (context) =>
    run(context, { baseUrl, policy, minimumProof, numbers, options, interruption }),
  );
}

type Run = {
  readonly baseUrl: string;
  readonly policy: UrlPolicy;
  readonly minimumProof: SyncOptions["minimumProof"];
  readonly numbers: readonly ListedNumber[] | undefined;
  readonly options: Options;
  readonly interruption: Interruption;
};

async function run(
  { config, database, keyring }: DatabaseContext,
  { baseUrl, policy, minimumProof, numbers, options, interruption }: Run,
): Promise<number> {
  const { concurrency } = options;
  const fetcher = createFetcher({ policy, concurrency });
  const progress = new Progress(undefined, options.quiet !== true);
  const admission = { keyring, minimumProof, maximumBytes: config.maximumDocumentBytes };
  lowerPriority();
  // Batches are written one after the other, in the order of the cursor: more threads would wait for each other.
  const threads = createIngestThreads(database, admission, 1, { watcher: threadWatcher(config) });
  let status: ExitStatus = exitStatus.done;
  let last: SyncSummary | undefined;
  const sync: SyncOptions & { readonly signal: AbortSignal } = {
    baseUrl,
    fetcher,
    policy,
    concurrency,
    threads,
    ...admission,
    manifest: options.manifest === undefined ? "tried" : options.manifest ? "required" : "unused",
    fromStart: options.fromStart ?? false,
    explainsDifference: options.follow !== true,
    signal: interruption.signal,
    ...(numbers === undefined ? {} : { numbers }),
    onBatch: (summary) => {
      last = summary;
      progress.showSummary(summary);
    },
    onNotice: (line) => progress.print(line),
    onFailure: ({ source, message }) => progress.print(`${source}: not fetched: ${message}`),
    onRejection: ({ source, rejection, refused }) => {
      if (rejection !== null) return progress.print(`${source}: ${rejection.code}: ${rejection.message}`);
      for (const { id, reason } of refused) progress.print(`${source}: ${reason}: ${id}`);
    },
  };
  const report = (summary: SyncSummary) => {
    progress.end();
    status = worse(status, statusOf(summary, options.follow === true));
    if (options.json === true) process.stdout.write(`${jsonLine(syncJson(summary))}\n`);
    else for (const line of syncLines(summary, numbers?.length)) printStatus(line);
  };
  try {
    await runUntilEnd(database, sync, options.follow === true, report);
  } catch (error) {
    // Documents that were stored before the mirror failed are reported all the same.
    if (error instanceof MirrorError && last !== undefined) report(last);
    throw error;
  } finally {
    fetcher.close();
    await threads.close();
    progress.end();
  }
  const interrupted = interruption.status();
  if (interrupted !== undefined && options.follow !== true) {
    printStatus("Interrupted. The documents counted above are stored; run the command again for the rest.");
  }
  return interrupted ?? status;
}

/** With `isFollowing`, outstanding papers are no failure: they are fetched again. */
function statusOf(summary: SyncSummary, isFollowing: boolean): ExitStatus {
  const rejected = rejectionStatus(summary);
  const forged = summary.forgedEvents > 0 ? exitStatus.failed : exitStatus.done;
  const outstanding =
    summary.outstanding.length > 0 && !isFollowing ? exitStatus.unavailable : exitStatus.done;
  return [rejected, forged, outstanding].reduce(worse);
}

/** Missing keys are the most severe: a person must add them. Then outstanding papers, then rejected documents. */
const bySeverity: readonly ExitStatus[] = [
  exitStatus.done,
  exitStatus.failed,
  exitStatus.unavailable,
  exitStatus.usage,
];

function worse(a: ExitStatus, b: ExitStatus): ExitStatus {
  return bySeverity.indexOf(a) >= bySeverity.indexOf(b) ? a : b;
}

async function runUntilEnd(
  database: Database,
  sync: SyncOptions & { readonly signal: AbortSignal },
  isFollowing: boolean,
  report: (summary: SyncSummary) => void,
): Promise<void> {
  if (!isFollowing) return report(await syncMirror(database, sync));
  let isFirst = true;
  const onSynced = (summary: SyncSummary) => {
    // A look that found nothing is not reported.
    if (isFirst || summary.documents > 0 || summary.failures > 0) report(summary);
    isFirst = false;
  };
  await followMirror(database, { ...sync, onSynced });
}

function readList(path: string): Promise<ListedNumber[]> {
  return checkedArgument(async () => {
    const text = await readTextFile(path).catch((error: unknown) => {
      throw new Error(`Can't read ${path}: ${errorText(error)}.`);
    });
    return readNumbers(text);
  });
}

/** The summary of a sync, for a program. */
function syncJson(summary: SyncSummary) {
  const { position, outstanding, comparison } = summary;
  // As in the feed. JSON has no BigInt.
  return { ...summaryJson(summary), position: Number(position), outstanding, comparison };
}

/** The summary of a sync, for a person. `numbers`: how many a list had, if one was followed. */
function syncLines(summary: SyncSummary, numbers: number | undefined): string[] {
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
  return [
    `${counted(outstanding.length, "paper")} outstanding (listed by the mirror, not fetched yet):`,
    ...reasons.map(([message, count]) => `  ${count}: ${sanitize(message)}`),
    `The next sync of this mirror tries again; with --follow, from ${first.nextAttemptAt}.`,
  ];
}

/** Reasons that are shown, at most. */
const maxReasons = 5;

function comparisonLines({ position, comparison }: SyncSummary): string[] {
  if (comparison === null) return [`At position ${position} of the mirror's feed`];
  const { isEqual, mine, theirs, difference } = comparison;
  const end = `At the end of the mirror's feed (position ${position}):`;
  if (isEqual) return [`${end} both mirrors have the same states (checksum ${mine}).`];
  const lines = [`${end} the mirrors have different states (checksum ${mine} here, ${theirs} there).`];
  if (difference === null) {
    return [...lines, "This is normal if they have different sources, keyrings or minimum proofs."];
  }
  if (difference.papers === 0) return [...lines, "The mirror has changed since; no paper differs now."];
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
      return "stored here from another source, not listed by this mirror";
    case "OTHER_EVENTS_HERE":
      return "stored here with other events: different sources, keyrings or minimum proofs";
    default:
      return "not stored here; the reason is no longer in quarantine";
  }
}

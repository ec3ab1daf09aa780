import { type Command, InvalidArgumentError } from "commander";
import { readMinimumProof } from "../config/index.ts";

import {
  listQuarantine,
  readQuarantined,
  removeQuarantined,
  retryQuarantined,
} from "../maintenance/index.ts";
import type { Database } from "../store/index.ts";
import {
  createFetcher,
  createUrlPolicy,
  MirrorError,
  type OutstandingOfMirror,
  readOutstanding,
  refetchQuarantined,
  type SyncOptions,
  syncMirror,
} from "../sync/index.ts";
import { CommandError, checkedArgument, type ExitStatus, exitStatus } from "./command-error.ts";
import { withDatabase } from "./context.ts";
import { listenForInterruption } from "./interruption.ts";
import { allowHostOption, keyringOption, minimumProofOption, parseWholeNumber } from "./options.ts";
import { counted } from "./output/layout.ts";
import { jsonLine, sanitize } from "./output/sanitize.ts";
import { printStatus, terminalText } from "./output/terminal.ts";

/** Parses the beginning of a SHA-256. */
function readHash(text: string): string {
  if (/^[0-9a-f]{4,64}$/.test(text)) return text;
  throw new InvalidArgumentError(
    "It must be 4 to 64 lower-case hex digits, as printed by `pith-graph quarantine list`.",
  );
}

export function addQuarantineCommand(program: Command): void {
  const quarantine = program
    .command("quarantine")
    .description("list, show, retry and remove rejected documents");
  quarantine
    .command("list")
    .description(
      "list rejected documents and events, newest first, then papers that could not be fetched yet",
    )
    .option("--limit <number>", "maximum rows, up to 10000", parseWholeNumber(1, 10_000), 50)
    .option("--json", "print each row as one line of JSON")
    .addHelpText(
      "after",
      `
Examples:
  $ pith-graph quarantine list
  $ pith-graph quarantine list --json --limit 1

Columns: SHA-256, kind, reason, source.

JSON: one line per row, {"contentSha256", "kind", "code", "message", "source", "receivedAt", …}; for an outstanding paper
{"kind": "outstanding", "baseUrl", "paper", "code", "message", "attempts", "nextAttemptAt", …}.`,
    )
    .action(async (options: { readonly limit: number; readonly json?: boolean }) => {
      const { rows, outstanding } = await withDatabase({}, async ({ database }) => ({
        rows: await listQuarantine(database, options.limit),
        outstanding: (await readOutstanding(database)).slice(0, options.limit),
      }));
      for (const row of rows) {
        process.stdout.write(
          options.json === true
            ? `${jsonLine(row)}\n`
            : `${row.contentSha256.slice(0, 16)}  ${row.kind.padEnd(8)}  ${row.code}  ${sanitize(row.source)}\n`,
        );
      }
      for (const paper of outstanding) {
        const { baseUrl, code, nextAttemptAt } = paper;
        process.stdout.write(
          options.json === true
            ? `${jsonLine({ kind: "outstanding", ...paper })}\n`
            : `outstanding  ${code}  ${sanitize(`${baseUrl} ${paper.paper}`)}  next attempt ${nextAttemptAt}\n`,
        );
      }
      if (rows.length + outstanding.length === 0) printStatus("The quarantine is empty.");
    });
  quarantine
    .command("show")
    .description("print the content to standard output, and the reason to standard error")
    .argument("<sha256>", "SHA-256 from the list, or a unique prefix", readHash)
    .addHelpText("after", "\nExamples:\n  $ pith-graph quarantine show 3f8a21c0 > document.json")
    .action(async (prefix: string) => {
      const row = await withDatabase({}, ({ database }) => readQuarantined(database, prefix));
      if (row === null) throw notInQuarantine(prefix);
      printStatus(`${row.kind} from ${row.source} at ${row.receivedAt}: ${row.code}: ${row.message}`);
      if (row.content === null) throw new CommandError("The content was too large to store.");
      process.stdout.write(process.stdout.isTTY ? terminalText(row.content.toString()) : row.content);
    });
  quarantine
    .command("retry")
    .description(
      "verify rejected documents again, for example with another keyring, and fetch outstanding papers",
    )
    .argument("[sha256]", "row to retry (default: all rows and outstanding papers)", readHash)
    .option(minimumProofOption[0], `${minimumProofOption[1]} (default: that of the source)`)
    .option(...keyringOption)
    .option(...allowHostOption)
    .option("--json", "print the result as one line of JSON")
    .addHelpText(
      "after",
      `
Documents that are accepted now are stored and leave the quarantine.

Examples:
  $ pith-graph quarantine retry

JSON: {"documents", "events", "fetched": {"tried", "accepted"} each, "outstanding": remaining papers}.
Exit status: 1 if the given row does not exist or cannot be retried, 3 if papers are still outstanding.`,
    )
    .action(async (prefix: string | undefined, options: RetryCommandOptions) => {
      process.exitCode = await runQuarantineRetry(prefix, options);
    });
  quarantine
    .command("remove")
    .description("delete rows permanently")
    .argument("[sha256]", "SHA-256 from the list, or a unique prefix", readHash)
    .option("--all", "remove all rows")
    .addHelpText("after", "\nExamples:\n  $ pith-graph quarantine remove 3f8a21c0")
    .action(async (prefix: string | undefined, { all = false }: { readonly all?: boolean }) => {
      if ((prefix === undefined) !== all) {
        throw new CommandError("Name one row, or pass --all.", exitStatus.usage);
      }
      const removed = await withDatabase({}, async ({ database }) => {
        if (prefix === undefined) return removeQuarantined(database, "");
        const row = await readQuarantined(database, prefix);
        if (row === null) throw notInQuarantine(prefix);
        return removeQuarantined(database, row.contentSha256);
      });
      printStatus(`Removed ${counted(removed, "row")}.`);
    });
}

type RetryCommandOptions = {
  readonly minimumProof?: string;
  readonly keyring?: string;
  readonly allowHost: readonly string[];
  readonly json?: boolean;
};

/** Runs `pith-graph quarantine retry`; returns the exit status. */
async function runQuarantineRetry(
  prefix: string | undefined,
  options: RetryCommandOptions,
): Promise<ExitStatus> {
  const minimumProof =
    options.minimumProof === undefined ? undefined : readMinimumProof(options.minimumProof);
  const { signal } = listenForInterruption();
  return withDatabase(options, async ({ config, database, keyring }) => {
    const policy = await checkedArgument(() =>
      createUrlPolicy([...config.allowedHosts, ...options.allowHost]),
    );
    const fetcher = createFetcher({ policy });
    const maximumBytes = config.maximumDocumentBytes;
    const admission = { keyring, minimumProof, maximumBytes };
    try {
      const { documents, events } = await retryQuarantined(database, prefix ?? "", admission);
      const fetched = await refetchQuarantined(database, prefix ?? "", { ...admission, fetcher, signal });
      // A named row is in quarantine, not outstanding.
      if (prefix === undefined) {
        await retryOutstanding(database, { fetcher, policy, keyring, maximumBytes, signal }, minimumProof);
      }
      const outstanding = prefix === undefined ? (await readOutstanding(database)).length : 0;
      if (options.json === true) {
        process.stdout.write(`${jsonLine({ documents, events, fetched, outstanding })}\n`);
      } else {
        printStatus(`${counted(documents.tried, "document")} verified again, ${documents.accepted} accepted`);
        if (events.tried > 0)
          printStatus(`${counted(events.tried, "event")} verified again, ${events.accepted} accepted`);
        if (fetched.tried > 0)
          printStatus(`${counted(fetched.tried, "document")} fetched again, ${fetched.accepted} accepted`);
        if (outstanding > 0) printStatus(`${counted(outstanding, "paper")} still outstanding`);
      }
      if (prefix !== undefined && documents.tried + events.tried + fetched.tried === 0) {
        return exitStatus.failed;
      }
      return outstanding > 0 ? exitStatus.unavailable : exitStatus.done;
    } finally {
      fetcher.close();
    }
  });
}

type Fetching = Pick<SyncOptions, "fetcher" | "policy" | "keyring" | "maximumBytes"> & {
  readonly signal: AbortSignal;
};

/** Fetches the outstanding papers of every mirror again; those of a mirror that cannot be followed stay outstanding. */
async function retryOutstanding(
  database: Database,
  fetching: Fetching,
  minimumProof: SyncOptions["minimumProof"] | undefined,
): Promise<void> {
  const outstanding = await readOutstanding(database);
  for (const baseUrl of new Set(outstanding.map((paper) => paper.baseUrl))) {
    const ofMirror = outstanding.filter((paper) => paper.baseUrl === baseUrl);
    try {
      const summary = await syncMirror(database, {
        ...fetching,
        baseUrl,
        minimumProof: minimumProof ?? strictest(ofMirror),
        retryOnly: true,
      });
      const left = summary.outstanding.length;
      printStatus(
        `${baseUrl}: ${counted(ofMirror.length, "outstanding paper")} tried again, ${ofMirror.length - left} fetched`,
      );
    } catch (error) {
      if (!(error instanceof MirrorError)) throw error;
      printStatus(error.message);
    }
  }
}

function strictest(papers: readonly OutstandingOfMirror[]): SyncOptions["minimumProof"] {
  for (const proof of ["signed", "receipt"] as const) {
    if (papers.some(({ minimumProof }) => minimumProof === proof)) return proof;
  }
  return "hash";
}

function notInQuarantine(prefix: string): CommandError {
  return new CommandError(
    `No single row in quarantine begins with ${prefix}. See \`pith-graph quarantine list\`.`,
  );
}

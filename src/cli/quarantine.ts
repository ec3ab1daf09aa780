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
  FetchError,
  MirrorError,
  type OutstandingOfMirror,
  readOutstanding,
  refetchQuarantined,
  type SyncOptions,
  syncMirror,
} from "../sync/index.ts";
import { CommandError, type ExitStatus, exitStatus } from "./command-error.ts";
import { say, withDatabase } from "./context.ts";
import { listenForInterruption } from "./interruption.ts";
import { allowHostOption, wholeNumber } from "./options.ts";
import { counted } from "./output/layout.ts";
import { jsonLine, shownText } from "./output/shown-text.ts";
import { terminalText } from "./output/terminal.ts";

/** Parses the beginning of a SHA-256. */
function readHash(text: string): string {
  if (/^[0-9a-f]{4,64}$/.test(text)) return text;
  throw new InvalidArgumentError("It must be 4 to 64 lower-case hex digits, as `quarantine list` has them.");
}

export function addQuarantineCommand(program: Command): void {
  const quarantine = program
    .command("quarantine")
    .description("what was rejected: list it, show it, try it again, remove it");
  quarantine
    .command("list")
    .description(
      "the latest first: SHA-256, kind, reason, source; then the papers that could not be fetched yet",
    )
    .option("--limit <number>", "rows at most, up to 10000", wholeNumber(1, 10_000), 50)
    .option("--json", "print each as a line of JSON")
    .addHelpText(
      "after",
      `
Examples:
  $ pith-graph quarantine list
  $ pith-graph quarantine list --json --limit 1

JSON: {"contentSha256", "kind", "code", "message", "source", "receivedAt", …}, a line a row; of an outstanding paper
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
            : `${row.contentSha256.slice(0, 16)}  ${row.kind.padEnd(8)}  ${row.code}  ${shownText(row.source)}\n`,
        );
      }
      for (const paper of outstanding) {
        const { baseUrl, code, nextAttemptAt } = paper;
        process.stdout.write(
          options.json === true
            ? `${jsonLine({ kind: "outstanding", ...paper })}\n`
            : `outstanding  ${code}  ${shownText(`${baseUrl} ${paper.paper}`)}  next attempt ${nextAttemptAt}\n`,
        );
      }
      if (rows.length + outstanding.length === 0) say("Nothing is in quarantine.");
    });
  quarantine
    .command("show")
    .description("the reason on standard error, the content on standard output")
    .argument("<sha256>", "as listed; the beginning is enough where it fits one only", readHash)
    .addHelpText("after", "\nExamples:\n  $ pith-graph quarantine show 3f8a21c0 > document.json")
    .action(async (prefix: string) => {
      const row = await withDatabase({}, ({ database }) => readQuarantined(database, prefix));
      if (row === null) throw new CommandError(`Not in quarantine, or several begin so: ${prefix}`);
      say(`${row.kind} from ${row.source} at ${row.receivedAt}: ${row.code}: ${row.message}`);
      if (row.content === null) throw new CommandError("The content was too large to be kept.");
      process.stdout.write(process.stdout.isTTY ? terminalText(row.content.toString()) : row.content);
    });
  quarantine
    .command("retry")
    .description(
      "judge again what was rejected, say after a change of the keyring, and fetch again what could not be fetched",
    )
    .argument("[sha256]", "one row; without, everything, outstanding papers of mirrors included", readHash)
    .option(
      "--minimum-proof <proof>",
      "minimum proof of an accepted event: hash (take the source's word) or signed (default: what each source had to prove)",
    )
    .option("--keyring <file>", "JSON file of keys to trust besides the registry's")
    .option(...allowHostOption)
    .option("--json", "print what was done as one line of JSON")
    .addHelpText(
      "after",
      `
What is accepted is stored and leaves the quarantine.

Examples:
  $ pith-graph quarantine retry

JSON: {"documents", "events", "fetched": {"tried", "accepted"} each, "outstanding": papers left}.
Exit status: 0; 1 where the row that is named is not there, or cannot be retried; 3 where papers are still outstanding.`,
    )
    .action(async (prefix: string | undefined, options: RetryCommandOptions) => {
      process.exitCode = await runQuarantineRetry(prefix, options);
    });
  quarantine
    .command("remove")
    .description("delete rows for good")
    .argument("[sha256]", "one row, as listed; the beginning is enough where it fits one only", readHash)
    .option("--all", "all rows")
    .addHelpText("after", "\nExamples:\n  $ pith-graph quarantine remove 3f8a21c0")
    .action(async (prefix: string | undefined, { all = false }: { readonly all?: boolean }) => {
      if ((prefix === undefined) !== all) {
        throw new CommandError("Name a row, or give --all.", exitStatus.misused);
      }
      const removed = await withDatabase({}, async ({ database }) => {
        if (prefix === undefined) return removeQuarantined(database, "");
        const row = await readQuarantined(database, prefix);
        if (row === null) throw new CommandError(`Not in quarantine, or several begin so: ${prefix}`);
        return removeQuarantined(database, row.contentSha256);
      });
      say(`${counted(removed, "row")} removed`);
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
    const policy = readPolicy([...config.allowedHosts, ...options.allowHost]);
    const fetcher = createFetcher({ policy });
    const maximumBytes = config.maximumDocumentBytes;
    const judged = { keyring, minimumProof, maximumBytes };
    try {
      const { documents, events } = await retryQuarantined(database, prefix ?? "", judged);
      const fetched = await refetchQuarantined(database, prefix ?? "", { ...judged, fetcher, signal });
      // A named row is in quarantine, not outstanding.
      if (prefix === undefined) {
        await retryOutstanding(database, { fetcher, policy, keyring, maximumBytes, signal }, minimumProof);
      }
      const outstanding = prefix === undefined ? (await readOutstanding(database)).length : 0;
      if (options.json === true) {
        process.stdout.write(`${jsonLine({ documents, events, fetched, outstanding })}\n`);
      } else {
        say(`${counted(documents.tried, "document")} judged again, ${documents.accepted} accepted`);
        if (events.tried > 0)
          say(`${counted(events.tried, "event")} judged again, ${events.accepted} accepted`);
        if (fetched.tried > 0)
          say(`${counted(fetched.tried, "document")} fetched again, ${fetched.accepted} accepted`);
        if (outstanding > 0) say(`${counted(outstanding, "paper")} of mirrors still outstanding`);
      }
      if (prefix !== undefined && documents.tried + events.tried + fetched.tried === 0) {
        return exitStatus.foundWrong;
      }
      return outstanding > 0 ? exitStatus.impossible : exitStatus.done;
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
      say(
        `${baseUrl}: ${counted(ofMirror.length, "outstanding paper")} fetched again, ${ofMirror.length - left} settled`,
      );
    } catch (error) {
      if (!(error instanceof MirrorError)) throw error;
      say(error.message);
    }
  }
}

function strictest(papers: readonly OutstandingOfMirror[]): SyncOptions["minimumProof"] {
  for (const proof of ["signed", "receipt"] as const) {
    if (papers.some(({ minimumProof }) => minimumProof === proof)) return proof;
  }
  return "hash";
}

function readPolicy(hosts: readonly string[]) {
  try {
    return createUrlPolicy(hosts);
  } catch (error) {
    if (error instanceof FetchError) throw new CommandError(error.message, exitStatus.misused);
    throw error;
  }
}

import type { Command } from "commander";
import { readConfig, readMinimumProof } from "../config/index.ts";
import { createIngestThreads, readTextFile } from "../ingest/index.ts";
import { errorText } from "../runtime/index.ts";
import type { Database } from "../store/index.ts";
import {
  createFetcher,
  createUrlPolicy,
  FetchError,
  followMirror,
  type ListedNumber,
  MirrorError,
  readBaseUrl,
  readNumbers,
  type SyncOptions,
  type SyncSummary,
  syncMirror,
  type UrlPolicy,
} from "../sync/index.ts";
import { threadWatcher } from "../telemetry/index.ts";
import { CommandError, type ExitStatus, exitStatus } from "./command-error.ts";
import { type DatabaseContext, say, withDatabase } from "./context.ts";
import { giveWay } from "./give-way.ts";
import { rejectionStatus } from "./ingest-summary.ts";
import { endByForce, type Interruption, listenForInterruption } from "./interruption.ts";
import { allowHostOption, wholeNumber } from "./options.ts";
import { jsonLine } from "./output/shown-text.ts";
import { Progress } from "./progress.ts";
import { syncJson, syncLines } from "./sync-summary.ts";

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
    .description("follow another mirror: fetch what it lists, verify it by our own keyring, and store it")
    .argument("<base url>", "its address: https://mirror.example.org")
    .option("--follow", "go on when the end is reached, until stopped")
    .option(
      "--numbers <file>",
      "fetch these instead of what its feed lists: Pith numbers or suffixes, one a line",
    )
    .option("--manifest", "take the addresses of bundles from its /pith-mirrors.json, and from nowhere else")
    .option("--no-manifest", "leave its manifest alone; without either, it is tried")
    .option(
      "--minimum-proof <proof>",
      "minimum proof of an accepted event: hash (take the source's word) or signed",
      "signed",
    )
    .option("--keyring <file>", "JSON file of keys to trust besides the registry's")
    .option(...allowHostOption)
    .option(
      "--concurrency <number>",
      "documents fetched side by side, and connections to the host",
      wholeNumber(1, 64),
      4,
    )
    .option("--from-start", "fetch all again, whatever was followed before")
    .option("--quiet", "print only the summary")
    .option("--json", "print each summary as one line of JSON")
    .addHelpText(
      "after",
      `
Examples:
  $ pith-graph sync https://mirror.example.org
  $ pith-graph sync --follow --allow-host localhost:4000 http://localhost:4000
  $ pith-graph sync https://pith.science --numbers numbers.txt --minimum-proof hash

It continues where the last sync of this mirror stopped, and fetches again what could not be fetched then.
PITH_GRAPH_ALLOW_HOSTS names allowed hosts as well.
JSON: as of \`ingest\`, and "position", "outstanding": [{"paper", "code", "message", "attempts", "nextAttemptAt", …}],
"comparison": null | {"isEqual", "mine", "theirs", "difference": null | {"papers", "reasons": [{"reason", "papers", "examples"}]}}.
Exit status: 0; 1 where a document was rejected (it is kept in quarantine) or an event was forged; 2 where no event of a
document was accepted, so that other keys are needed (--keyring); 3 where papers are outstanding, or the mirror could not
be followed.`,
    )
    .action(async (baseUrl: string, options: Options) => {
      process.exitCode = await runSync(baseUrl, options);
    });
}

async function runSync(address: string, options: Options): Promise<number> {
  const minimumProof = readMinimumProof(options.minimumProof);
  const baseUrl = await explained(async () => readBaseUrl(address), exitStatus.misused);
  const numbers = options.numbers === undefined ? undefined : await readList(options.numbers);
  if (numbers !== undefined && options.follow === true) {
    throw new CommandError(
      "--follow needs the mirror's feed; a list of numbers has an end.",
      exitStatus.misused,
    );
  }
  const { allowedHosts, stopSeconds } = readConfig();
  const policy = await explained(
    async () => createUrlPolicy([...allowedHosts, ...options.allowHost]),
    exitStatus.misused,
  );
  const interruption = listenForInterruption();
  // With `--follow` it is a service: one request must be enough to stop it.
  if (options.follow === true) {
    interruption.signal.addEventListener("abort", () => endByForce(stopSeconds, { error: say }), {
      once: true,
    });
  }
  return withDatabase(options, (context) =>
    explained(() => run(context, { baseUrl, policy, minimumProof, numbers, options, interruption })),
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
  const door = { keyring, minimumProof, maximumBytes: config.maximumDocumentBytes };
  giveWay();
  // Batches are written one after the other, in the order of the cursor: more threads would wait for each other.
  const threads = createIngestThreads(database, door, 1, { watcher: threadWatcher(config) });
  let status: ExitStatus = exitStatus.done;
  let last: SyncSummary | undefined;
  const sync: SyncOptions & { readonly signal: AbortSignal } = {
    baseUrl,
    fetcher,
    policy,
    concurrency,
    threads,
    ...door,
    manifest: options.manifest === undefined ? "tried" : options.manifest ? "required" : "unused",
    fromStart: options.fromStart ?? false,
    explainsDifference: options.follow !== true,
    signal: interruption.signal,
    ...(numbers === undefined ? {} : { numbers }),
    onBatch: (summary) => {
      last = summary;
      progress.show(summary);
    },
    onNotice: (line) => progress.say(line),
    onFailure: ({ source, message }) => progress.say(`${source}: not fetched: ${message}`),
    onRefusal: ({ source, rejection, refused }) => {
      if (rejection !== null) return progress.say(`${source}: ${rejection.code}: ${rejection.message}`);
      for (const { id, reason } of refused) progress.say(`${source}: ${reason}: ${id}`);
    },
  };
  const report = (summary: SyncSummary) => {
    progress.end();
    status = worse(status, statusOf(summary, options.follow === true));
    if (options.json === true) process.stdout.write(`${jsonLine(syncJson(summary))}\n`);
    else for (const line of syncLines(summary, numbers?.length)) say(line);
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
    say("Interrupted: what is counted here is stored; run the command again for the rest.");
  }
  return interrupted ?? status;
}

/** With `isFollowing`, outstanding papers are no failure: they are fetched again. */
function statusOf(summary: SyncSummary, isFollowing: boolean): ExitStatus {
  const rejected = rejectionStatus(summary);
  const forged = summary.forgedEvents > 0 ? exitStatus.foundWrong : exitStatus.done;
  const outstanding =
    summary.outstanding.length > 0 && !isFollowing ? exitStatus.impossible : exitStatus.done;
  return [rejected, forged, outstanding].reduce(worse);
}

/** Missing keys are the most severe: a person must add them. Then outstanding papers, then rejected documents. */
const bySeverity: readonly ExitStatus[] = [
  exitStatus.done,
  exitStatus.foundWrong,
  exitStatus.impossible,
  exitStatus.misused,
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

async function readList(path: string): Promise<ListedNumber[]> {
  let text: string;
  try {
    text = await readTextFile(path);
  } catch (error) {
    throw new CommandError(`The list ${path} cannot be read: ${errorText(error)}`, exitStatus.misused);
  }
  return explained(async () => readNumbers(text), exitStatus.misused);
}

/** Errors of a mirror are shown without a stack. */
export async function explained<Result>(
  run: () => Promise<Result>,
  status: ExitStatus = exitStatus.impossible,
): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof MirrorError || error instanceof FetchError) {
      throw new CommandError(error.message, status);
    }
    throw error;
  }
}

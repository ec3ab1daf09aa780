import { readMinimumProof } from "../config/index.ts";
import { retryQuarantined } from "../ingest/index.ts";
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
} from "../ingest/mirror/index.ts";
import type { Database } from "../store/index.ts";
import { CommandError } from "./command-error.ts";
import { say, withDatabase } from "./context.ts";
import { type ExitStatus, exitStatus } from "./exit-status.ts";
import { listenForInterruption } from "./interruption.ts";
import { counted } from "./output/counted.ts";
import { jsonLine } from "./output/shown-text.ts";

export type RetryCommandOptions = {
  readonly minimumProof?: string;
  readonly keyring?: string;
  readonly allowHost: readonly string[];
  readonly json?: boolean;
};

/** What `pith-graph quarantine retry` does; returns the exit status. */
export async function runQuarantineRetry(
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
      // A row that is named is in quarantine, not outstanding.
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

/** Fetches the outstanding papers of every mirror again; a mirror that cannot be followed keeps its own. */
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

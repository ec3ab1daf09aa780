import type { FirstLoadOptions } from "../ingest/index.ts";
import type { Log } from "../runtime/index.ts";
import { claimFirstLoad, type Database, type IndexProgress, readFirstLoad } from "../store/index.ts";

/** Reports a first load line by line. */
export function reportFirstLoad(print: (line: string) => void): FirstLoadOptions {
  return {
    onBegin: () => print("First load: indexes are built at the end"),
    onIndex: reportIndexes(print),
  };
}

function reportIndexes(print: (line: string) => void): IndexProgress {
  return (index, done, all) =>
    print(index === null ? "Analyzing the tables …" : `Building index ${done + 1} of ${all}: ${index} …`);
}

/** What an unfinished first load means for readers, for `check`, `doctor` and interrupted imports; null without one. */
export async function unfinishedLoad({ pool }: Database): Promise<string | null> {
  if ((await readFirstLoad(pool)) === null) return null;
  return "A first load is running or was interrupted, so some indexes are not built yet and queries are slower.";
}

/**
 * Builds the indexes that an interrupted first load left out, unless another process is loading. A failure is logged:
 * without these indexes the service is slower, and complete.
 */
export async function finishInterruptedLoad(
  database: Database,
  { signal, log }: { readonly signal: AbortSignal; readonly log: Log },
): Promise<void> {
  if ((await readFirstLoad(database.pool)) === null) return;
  const claim = await claimFirstLoad(database);
  if (claim === null) {
    log.info(
      "Another process is importing documents and builds the indexes at the end: until then queries are slower.",
    );
    return;
  }
  try {
    log.info("An import was interrupted before its indexes were built. Building them now …");
    await claim.finish(
      reportIndexes((line) => log.info(line)),
      signal,
    );
  } catch (error) {
    if (signal.aborted) return;
    log.warn(
      { err: error },
      "The indexes were not built, so queries are slower. The next start tries again.",
    );
  } finally {
    claim.release();
  }
}

import type { Command } from "commander";

import { checkTables, rebuildTables, retryQuarantined, WouldDropEventsError } from "../maintenance/index.ts";
import { readRebuildDue } from "../store/index.ts";
import { CommandError, exitStatus } from "./command-error.ts";
import { withDatabase } from "./context.ts";
import { unfinishedLoad } from "./first-load.ts";
import { keyringOption } from "./options.ts";
import { counted } from "./output/layout.ts";
import { jsonLine, sanitize } from "./output/sanitize.ts";
import { printStatus } from "./output/terminal.ts";

type Options = { readonly keyring?: string; readonly json?: boolean };

export function addCheckCommands(program: Command): void {
  program
    .command("check")
    .description("recompute all derived tables from the log and report differences")
    .option(...keyringOption)
    .option("--json", "print each difference as one line of JSON")
    .addHelpText(
      "after",
      `
Read-only.

Examples:
  $ pith-graph check

JSON: one line per difference, {"table", "key", "stored": row | null, "expected": row | null}.
Exit status: 1 if a table differs.`,
    )
    .action(async (options: Options) => {
      process.exitCode = await runCheck(options);
    });
  program
    .command("rebuild")
    .description("recompute and replace all derived tables, for example after a change of the keyring")
    .option(...keyringOption)
    .option("--drop-events", "delete events from the log that the keyring no longer accepts")
    .option("--json", "print the result as one line of JSON")
    .addHelpText(
      "after",
      `
Queries that run at the same time see either the old tables or the new ones; writers wait. Documents and events in
quarantine that the keyring now accepts are stored.

Examples:
  $ pith-graph rebuild

JSON: {"removed": rows, "written": rows, "accepted": {"documents", "events"}}, the last from quarantine.`,
    )
    .action(async (options: Options & { readonly dropEvents?: boolean }) => {
      await withDatabase(options, async ({ config, database, keyring }) => {
        const mayDropEvents = options.dropEvents === true;
        const { removed, written } = await rebuildTables(database, {
          keyring,
          mayDropEvents,
          onProgress: rebuildProgress(),
        }).catch(explainDrop);
        // Documents rejected for a missing key that is now trusted belong in the log.
        const retried = await retryQuarantined(database, "", {
          keyring,
          maximumBytes: config.maximumDocumentBytes,
          onlyUntrusted: true,
        });
        const accepted = { documents: retried.documents.accepted, events: retried.events.accepted };
        if (options.json === true) process.stdout.write(`${jsonLine({ removed, written, accepted })}\n`);
        else {
          printStatus(`${counted(removed, "row")} removed, ${written} written`);
          if (accepted.documents + accepted.events > 0) {
            printStatus(
              `Accepted from quarantine: ${counted(accepted.documents, "document")}, ${counted(accepted.events, "event")}`,
            );
          }
        }
      });
    });
}

/** Running without the usual keyring must not delete the events that it accepted. */
function explainDrop(error: unknown): never {
  if (!(error instanceof WouldDropEventsError)) throw error;
  throw new CommandError(
    `${error.message} A rebuild would delete them from the log. Name the keyring that accepted them with --keyring, ` +
      "or pass --drop-events if its keys are no longer trusted. Nothing was changed.",
  );
}

async function runCheck(options: Options): Promise<number> {
  const { counts, differences, due, unfinished } = await withDatabase(
    options,
    async ({ database, keyring }) => ({
      ...(await checkTables(database, { keyring, onProgress: rebuildProgress() })),
      due: await readRebuildDue(database.pool),
      unfinished: await unfinishedLoad(database),
    }),
  );
  for (const difference of differences) {
    const { table, key, stored, expected } = difference;
    process.stdout.write(
      options.json === true
        ? `${jsonLine(difference)}\n`
        : `${table} ${sanitize(key)}\n  stored    ${sanitize(stored ?? "missing")}\n  expected  ${sanitize(expected ?? "missing")}\n`,
    );
  }
  for (const [table, count] of counts) printStatus(`${table}: ${counted(count, "difference")}`);
  if (due !== null) printStatus(due);
  if (unfinished !== null) printStatus(`${unfinished} If none is running, \`pith-graph start\` builds them.`);
  if (counts.size === 0) printStatus("No differences.");
  else printStatus("Run `pith-graph rebuild` to repair the tables.");
  return counts.size === 0 ? exitStatus.done : exitStatus.failed;
}

/** Prints a line now and then: these commands read the complete log. */
export function rebuildProgress(): (done: number, all: number) => void {
  let shown = performance.now();
  return (done, all) => {
    if (performance.now() - shown < 5000) return;
    shown = performance.now();
    printStatus(`  ${done} of ${all} papers`);
  };
}

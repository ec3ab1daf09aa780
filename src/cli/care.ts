import type { Command } from "commander";

import { checkTables, rebuildTables, retryQuarantined, WouldDropEventsError } from "../maintenance/index.ts";
import { readRebuildDue } from "../store/index.ts";
import { CommandError, exitStatus } from "./command-error.ts";
import { say, withDatabase } from "./context.ts";
import { counted } from "./output/layout.ts";
import { jsonLine, shownText } from "./output/shown-text.ts";

type Options = { readonly keyring?: string; readonly json?: boolean };

export function addCareCommands(program: Command): void {
  program
    .command("check")
    .description("recompute everything from the log, and name what differs in the tables")
    .option("--keyring <file>", "JSON file of keys to trust besides the registry's")
    .option("--json", "print each difference as a line of JSON")
    .addHelpText(
      "after",
      `
Changes nothing.

Examples:
  $ pith-graph check

JSON: {"table", "key", "stored": null | row, "expected": null | row}, a line a difference.
Exit status: 0 where nothing differs, 1 where something does.`,
    )
    .action(async (options: Options) => {
      process.exitCode = await runCheck(options);
    });
  program
    .command("rebuild")
    .description("recreate all derived tables from the log, also after a change of the keyring")
    .option("--keyring <file>", "JSON file of keys to trust besides the registry's")
    .option("--drop-events", "let events leave the log that the keyring does not let in any more")
    .option("--json", "print what was done as one line of JSON")
    .addHelpText(
      "after",
      `
Readers go on meanwhile, and see the old tables or the new; writers wait. Documents and events in quarantine that the
keyring accepts now are stored.

Examples:
  $ pith-graph rebuild

JSON: {"removed": rows, "written": rows, "accepted": {"documents", "events"} of the quarantine}.`,
    )
    .action(async (options: Options & { readonly dropEvents?: boolean }) => {
      await withDatabase(options, async ({ config, database, keyring }) => {
        const mayDropEvents = options.dropEvents === true;
        const { removed, written } = await rebuildTables(database, {
          keyring,
          mayDropEvents,
          onProgress: rebuildProgress(),
        }).catch(explainDrop);
        // Documents rejected for want of a key that is now trusted belong to the log that the keyring allows.
        const retried = await retryQuarantined(database, "", {
          keyring,
          maximumBytes: config.maximumDocumentBytes,
          onlyUntrusted: true,
        });
        const accepted = { documents: retried.documents.accepted, events: retried.events.accepted };
        if (options.json === true) process.stdout.write(`${jsonLine({ removed, written, accepted })}\n`);
        else {
          say(`${counted(removed, "row")} removed, ${written} written`);
          if (accepted.documents + accepted.events > 0) {
            say(
              `Of the quarantine, ${counted(accepted.documents, "document")} and ${counted(accepted.events, "event")} are accepted now.`,
            );
          }
        }
      });
    });
}

/** A forgotten keyring must not cost the events that it had admitted. */
function explainDrop(error: unknown): never {
  if (!(error instanceof WouldDropEventsError)) throw error;
  throw new CommandError(
    `${error.message} A rebuild would take them out of the log for good. Give the keyring that let them in (--keyring), ` +
      "or, where its keys are trusted no more, --drop-events. Nothing was changed.",
  );
}

async function runCheck(options: Options): Promise<number> {
  const { counts, differences, due } = await withDatabase(options, async ({ database, keyring }) => ({
    ...(await checkTables(database, { keyring, onProgress: rebuildProgress() })),
    due: await readRebuildDue(database.pool),
  }));
  for (const difference of differences) {
    const { table, key, stored, expected } = difference;
    process.stdout.write(
      options.json === true
        ? `${jsonLine(difference)}\n`
        : `${table} ${shownText(key)}\n  is       ${shownText(stored ?? "missing")}\n  should be ${shownText(expected ?? "missing")}\n`,
    );
  }
  for (const [table, count] of counts)
    say(`${table}: ${count} ${count === 1 ? "row differs" : "rows differ"}`);
  if (due !== null) say(due);
  if (counts.size === 0) say("Nothing differs.");
  else say("`pith-graph rebuild` puts it right.");
  return counts.size === 0 ? exitStatus.done : exitStatus.foundWrong;
}

/** Prints a line now and then: these commands read the complete log. */
export function rebuildProgress(): (done: number, all: number) => void {
  let shown = performance.now();
  return (done, all) => {
    if (performance.now() - shown < 5000) return;
    shown = performance.now();
    say(`  ${done} of ${all} papers`);
  };
}

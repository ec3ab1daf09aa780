import { createWriteStream } from "node:fs";
import { open, rename, rm, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import type { Command } from "commander";
import {
  BackupError,
  DatabaseNotEmptyError,
  readBackup,
  rebuildTables,
  writeBackup,
} from "../maintenance/index.ts";
import { errorText } from "../runtime/index.ts";
import type { Database } from "../store/index.ts";
import { rebuildProgress } from "./check.ts";
import { CommandError, type ExitStatus, exitStatus } from "./command-error.ts";
import { withDatabase } from "./context.ts";
import { describeWriteError } from "./export-output.ts";
import { keyringOption } from "./options.ts";
import { counted } from "./output/layout.ts";
import { isClosedOutput, printStatus } from "./output/terminal.ts";

type RestoreOptions = { readonly keyring?: string };

export function addBackupCommands(program: Command): void {
  program
    .command("backup")
    .description("back up the event log and other non-derived data; the service may keep running")
    .argument("<file>", "compressed if its name ends in .gz; - for standard output")
    .addHelpText(
      "after",
      `
The file includes queued and rejected documents: protect it like the database.

Examples:
  $ pith-graph backup pith-graph.backup.gz`,
    )
    .action((file: string) => withDatabase({}, ({ database }) => runBackup(database, file)));
  program
    .command("restore")
    .description("restore a backup into an empty database and rebuild the derived tables")
    .argument("<file>", "file written by `pith-graph backup`; - for standard input")
    .option(...keyringOption)
    .addHelpText(
      "after",
      `
Examples:
  $ pith-graph restore pith-graph.backup.gz

Exit status: 1 if the keyring rejected events of the backup, 2 if the database is not empty.`,
    )
    .action(async (file: string, options: RestoreOptions) => {
      process.exitCode = await runRestore(file, options);
    });
}

/** The file exists completely or not at all: it gets its name after the last byte is on disk. */
async function runBackup(database: Database, file: string): Promise<void> {
  const pieces = Readable.from(writeBackup(database));
  if (file === "-") {
    await pipeline(pieces, process.stdout, { end: false }).catch((error: unknown) => {
      if (!isClosedOutput(error)) throw error;
      throw new CommandError(
        "Standard output was closed before the backup was complete.",
        exitStatus.unavailable,
      );
    });
    return;
  }
  const part = `${file}.part`;
  try {
    // No other user of the machine may read the partial file, even if an earlier one belonged to someone else.
    await rm(part, { force: true });
    const stream = createWriteStream(part, { mode: 0o600, flush: true });
    if (file.endsWith(".gz")) await pipeline(pieces, createGzip(), stream);
    else await pipeline(pieces, stream);
    const { size } = await stat(part);
    await rename(part, file);
    printStatus(`Wrote ${size} bytes to ${file}.`);
  } catch (error) {
    await rm(part, { force: true }).catch(() => {});
    throw describeWriteError(error, file);
  }
}

async function runRestore(file: string, options: RestoreOptions): Promise<ExitStatus> {
  const source = file === "-" ? process.stdin : await openedFile(file);
  const counts = await withDatabase(options, ({ database }) => restoreLog(database, file, source)).finally(
    () => source.destroy(),
  );
  for (const [table, count] of counts) printStatus(`  ${table}: ${count}`);
  printStatus("Rebuilding the derived tables …");
  // Loads the keyring again: the sample's key is trusted if the backup contains the sample.
  const { written, droppedEvents } = await withDatabase(options, ({ database, keyring }) =>
    rebuildTables(database, { keyring, onProgress: rebuildProgress() }),
  );
  printStatus(`Restored the database; ${counted(written, "row")} rebuilt.`);
  if (droppedEvents === 0) return exitStatus.done;
  printStatus(
    `${counted(droppedEvents, "event")} of the backup rejected by this keyring and left out of the log. To keep them, ` +
      "restore into a new database with the keyring of the mirror that was backed up (--keyring).",
  );
  return exitStatus.failed;
}

/** Opens the file first, so that a missing or unreadable one is reported before a database is opened. */
async function openedFile(file: string): Promise<Readable> {
  try {
    const handle = await open(file);
    if (!(await handle.stat()).isDirectory()) return handle.createReadStream();
    await handle.close();
  } catch (error) {
    throw new CommandError(`Can't read ${file}: ${errorText(error)}.`, exitStatus.usage);
  }
  throw new CommandError(`${file} is a folder, not a backup.`, exitStatus.usage);
}

async function restoreLog(
  database: Database,
  file: string,
  source: Readable,
): Promise<ReadonlyMap<string, number>> {
  try {
    if (!file.endsWith(".gz")) return await readBackup(database, source);
    const unpacked = createGunzip();
    const [counts] = await Promise.all([readBackup(database, unpacked), pipeline(source, unpacked)]);
    return counts;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof DatabaseNotEmptyError) throw new CommandError(message, exitStatus.usage);
    if (error instanceof BackupError) throw new CommandError(message);
    if (code?.startsWith("Z_")) throw new CommandError(`Can't decompress ${file}: ${message}.`);
    // SQLSTATE classes 22 and 23: the rows are invalid.
    if (/^2[23]/.test(code ?? "")) throw new CommandError(`The backup is damaged: ${message}.`);
    throw error;
  }
}

import { createWriteStream } from "node:fs";
import { open, rename, rm, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import type { Command } from "commander";
import { BackupError, readBackup, rebuildTables, writeBackup } from "../maintenance/index.ts";

import { errorText } from "../runtime/index.ts";
import type { Database } from "../store/index.ts";
import { rebuildProgress } from "./care.ts";
import { CommandError, type ExitStatus, exitStatus } from "./command-error.ts";
import { say, withDatabase } from "./context.ts";
import { fileTrouble } from "./export-output.ts";
import { isClosedOutput } from "./output/terminal.ts";

type RestoreOptions = { readonly keyring?: string };

export function addBackupCommands(program: Command): void {
  program
    .command("backup")
    .description("write the log, and what else follows from nothing, to a file, while the service runs")
    .argument("<file>", "ending in .gz it is packed; - for standard output")
    .addHelpText(
      "after",
      `
The file has documents that wait, and what was refused: keep it as you keep the database.

Examples:
  $ pith-graph backup pith-graph.backup.gz`,
    )
    .action((file: string) => withDatabase({}, ({ database }) => runBackup(database, file)));
  program
    .command("restore")
    .description("put a backup into an empty database, and make all other tables from it")
    .argument("<file>", "what `backup` wrote; - for standard input")
    .option("--keyring <file>", "JSON file of keys to trust besides the registry's")
    .addHelpText(
      "after",
      `
Examples:
  $ pith-graph restore pith-graph.backup.gz

Exit status: 0; 1 where the keyring did not let in all events of the backup.`,
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
        "Standard output was closed before the backup was whole.",
        exitStatus.impossible,
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
    say(`${size} bytes written to ${file}`);
  } catch (error) {
    await rm(part, { force: true }).catch(() => {});
    throw fileTrouble(error, file);
  }
}

async function runRestore(file: string, options: RestoreOptions): Promise<ExitStatus> {
  const source = file === "-" ? process.stdin : await openedFile(file);
  const counts = await withDatabase(options, ({ database }) => restoreLog(database, file, source)).finally(
    () => source.destroy(),
  );
  for (const [table, count] of counts) say(`  ${table}: ${count}`);
  say("Making the other tables …");
  // Loads the keyring again: the sample's key is trusted if the backup contains the sample.
  const { written, droppedEvents } = await withDatabase(options, ({ database, keyring }) =>
    rebuildTables(database, { keyring, onProgress: rebuildProgress() }),
  );
  say(`${written} rows made. The database is restored.`);
  if (droppedEvents === 0) return exitStatus.done;
  say(
    `${droppedEvents} events of the backup were not let in by this keyring, and are no longer in the log. If the mirror ` +
      "that it was made of has another keyring, give that one (--keyring), and restore into a new database.",
  );
  return exitStatus.foundWrong;
}

/** Opens the file first, so that a missing or unreadable one is reported before a database is opened. */
async function openedFile(file: string): Promise<Readable> {
  try {
    const handle = await open(file);
    if (!(await handle.stat()).isDirectory()) return handle.createReadStream();
    await handle.close();
  } catch (error) {
    throw new CommandError(`${file} cannot be read: ${errorText(error)}`, exitStatus.misused);
  }
  throw new CommandError(`${file} is a folder, and no backup.`, exitStatus.misused);
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
    if (error instanceof BackupError) throw new CommandError(message);
    if (code?.startsWith("Z_")) throw new CommandError(`${file} cannot be unpacked: ${message}`);
    // SQLSTATE classes 22 and 23: the rows are invalid.
    if (/^2[23]/.test(code ?? "")) throw new CommandError(`The backup is damaged: ${message}`);
    throw error;
  }
}

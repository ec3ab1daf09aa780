import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder, softwareVersion } from "../../runtime/index.ts";
import type { Database } from "../../store/index.ts";
import { ExportCounts } from "../copy-out.ts";
import { ExportError } from "../export-error.ts";
import type { ExportFile } from "../export-file.ts";
import { type ExportedSet, withSnapshot } from "../snapshot.ts";
import { type DumpedFile, dataPackage } from "./data-package.ts";
import { piecesOf, UnfinishedDump } from "./unfinished-dump.ts";
import { writeWhole } from "./written-file.ts";

type DumpOptions = {
  readonly folder: string;
  readonly files: readonly ExportFile[];
  /** Continues an interrupted dump, if the tables are still the same. */
  readonly resume: boolean;
  readonly signal?: AbortSignal;
  /** Called for each piece: the file, and its bytes so far. */
  readonly onProgress?: (name: string, bytes: number) => void;
  /** Called for each complete file. */
  readonly onFile?: (file: DumpedFile, isNew: boolean) => void;
};

const descriptionName = "datapackage.json";

/**
 * Writes files of one snapshot into a folder, each atomically, and finally their description. Rejects with ExportError
 * if the folder is in use, or if there is nothing to resume.
 */
export function writeDump(database: Pick<Database, "pool">, options: DumpOptions): Promise<ExportedSet> {
  const { folder, files, signal, onProgress = () => {}, onFile = () => {} } = options;
  return withSnapshot(database, async (snapshot) => {
    const { client, set } = snapshot;
    const unfinished = options.resume ? await goOn(folder, set) : await begin(folder, set);
    const described: { file: ExportFile; dumped: DumpedFile }[] = [];
    for (const file of files) {
      signal?.throwIfAborted();
      const whole = await unfinished.whole(folder, file);
      let dumped = whole;
      if (dumped === null) {
        const counts = new ExportCounts();
        let bytes = 0;
        const written = await writeWhole(join(folder, file.name), file.write(snapshot, counts), {
          signal,
          onBytes: (more) => {
            bytes += more;
            onProgress(file.name, bytes);
          },
        });
        const { main, citations } = counts;
        const variant = file.variant === undefined ? {} : { variant: file.variant };
        dumped = { name: file.name, ...variant, ...written, rows: main.rows, citations: citations.rows };
        await unfinished.add(dumped);
      }
      onFile(dumped, whole === null);
      described.push({ file, dumped });
    }
    const description = await dataPackage(client, set, described);
    await writeWhole(join(folder, descriptionName), piecesOf(description));
    await unfinished.remove();
    return set;
  });
}

async function begin(folder: string, set: ExportedSet): Promise<UnfinishedDump> {
  await makeFolder(folder);
  if ((await readdir(folder)).length > 0) {
    const hint = (await UnfinishedDump.read(folder)) === null ? "" : ", or continue with --resume";
    throw new ExportError("FOLDER_IN_USE", `${folder} is not empty. Use a new folder${hint}.`);
  }
  return UnfinishedDump.begin(folder, set);
}

async function goOn(folder: string, set: ExportedSet): Promise<UnfinishedDump> {
  const left = await UnfinishedDump.read(folder);
  if (left === null) {
    throw new ExportError("NOTHING_TO_RESUME", `${folder} has no interrupted export to resume.`);
  }
  if (left.version !== set.version || left.software !== softwareVersion) {
    throw new ExportError(
      "SET_CHANGED",
      `Can't resume ${folder}: the tables have changed from data set ${left.version} (by version ${left.software}) ` +
        `to ${set.version}. Export again to a new folder.`,
    );
  }
  return left.dump;
}

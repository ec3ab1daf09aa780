import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type pg from "pg";
import { makeFolder, softwareVersion } from "../runtime/index.ts";
import type { Database } from "../store/index.ts";
import { ExportCounts } from "./copy-out.ts";
import type { ExportFile } from "./export-file.ts";
import { type ExportedSet, withSnapshot } from "./snapshot.ts";
import { type Column, type ColumnType, readTable } from "./tables.ts";
import { hashFile, type WrittenFile, writeFileAtomically } from "./write-file.ts";

/** An export cannot be made or continued; the message says what to do. */
class ExportError extends Error {
  override readonly name = "ExportError";
  readonly code: "SET_CHANGED" | "FOLDER_IN_USE" | "NOTHING_TO_RESUME";

  constructor(code: ExportError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

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
    const unfinished = options.resume ? await resumeDump(folder, set) : await beginDump(folder, set);
    const described: { file: ExportFile; dumped: DumpedFile }[] = [];
    for (const file of files) {
      signal?.throwIfAborted();
      const completed = await unfinished.completedFile(folder, file);
      let dumped = completed;
      if (dumped === null) {
        const counts = new ExportCounts();
        let bytes = 0;
        const written = await writeFileAtomically(join(folder, file.name), file.write(snapshot, counts), {
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
      onFile(dumped, completed === null);
      described.push({ file, dumped });
    }
    const description = await dataPackage(client, set, described);
    await writeFileAtomically(join(folder, descriptionName), piecesOf(description));
    await unfinished.remove();
    return set;
  });
}

async function beginDump(folder: string, set: ExportedSet): Promise<UnfinishedDump> {
  await makeFolder(folder);
  if ((await readdir(folder)).length > 0) {
    const hint = (await UnfinishedDump.read(folder)) === null ? "" : ", or continue with --resume";
    throw new ExportError("FOLDER_IN_USE", `${folder} is not empty. Use a new folder${hint}.`);
  }
  return UnfinishedDump.begin(folder, set);
}

async function resumeDump(folder: string, set: ExportedSet): Promise<UnfinishedDump> {
  const earlier = await UnfinishedDump.read(folder);
  if (earlier === null) {
    throw new ExportError("NOTHING_TO_RESUME", `${folder} has no interrupted export to resume.`);
  }
  if (earlier.version !== set.version || earlier.software !== softwareVersion) {
    throw new ExportError(
      "SET_CHANGED",
      `Can't resume ${folder}: the tables have changed from data set ${earlier.version} (by version ${earlier.software}) ` +
        `to ${set.version}. Export again to a new folder.`,
    );
  }
  return earlier.dump;
}

/** The state of a dump until it is complete. */
type DumpRecord = {
  readonly software: string;
  readonly version: string;
  readonly files: readonly DumpedFile[];
};

const fileName = "unfinished.json";

/** The record of a dump that is being written: its version of the tables, and its complete files. */
class UnfinishedDump {
  readonly #path: string;
  readonly #version: string;
  readonly #files: DumpedFile[];

  private constructor(folder: string, version: string, files: readonly DumpedFile[]) {
    this.#path = join(folder, fileName);
    this.#version = version;
    this.#files = [...files];
  }

  static async begin(folder: string, { version }: ExportedSet): Promise<UnfinishedDump> {
    const dump = new UnfinishedDump(folder, version, []);
    await dump.#write();
    return dump;
  }

  /** The record of an earlier export, perhaps of another version; null without a valid one. */
  static async read(
    folder: string,
  ): Promise<{ readonly version: string; readonly software: string; readonly dump: UnfinishedDump } | null> {
    let text: string;
    try {
      text = await readFile(join(folder, fileName), "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw error;
    }
    const record = parseRecord(text);
    if (record === null) return null;
    const { version, software, files } = record;
    return { version, software, dump: new UnfinishedDump(folder, version, files) };
  }

  /** A complete file, with the bytes that were written; null if it must be written again. */
  async completedFile(
    folder: string,
    { name, variant }: Pick<ExportFile, "name" | "variant">,
  ): Promise<DumpedFile | null> {
    const listed = this.#files.find((file) => file.name === name);
    if (listed === undefined || listed.variant !== variant) return null;
    const written = await hashFile(join(folder, name));
    return written?.sha256 === listed.sha256 ? listed : null;
  }

  async add(file: DumpedFile): Promise<void> {
    const place = this.#files.findIndex(({ name }) => name === file.name);
    if (place < 0) this.#files.push(file);
    else this.#files[place] = file;
    await this.#write();
  }

  async remove(): Promise<void> {
    await rm(this.#path, { force: true });
  }

  async #write(): Promise<void> {
    const record: DumpRecord = { software: softwareVersion, version: this.#version, files: this.#files };
    await writeFileAtomically(this.#path, piecesOf(JSON.stringify(record)));
  }
}

function parseRecord(text: string): DumpRecord | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const { software, version, files } = (value ?? {}) as Partial<DumpRecord>;
  if (typeof software !== "string" || typeof version !== "string" || !Array.isArray(files)) return null;
  return { software, version, files: files as DumpedFile[] };
}

async function* piecesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/** A file of a dump that is on disk. */
type DumpedFile = WrittenFile & {
  readonly name: string;
  /** That of the exported file: other options give other bytes. */
  readonly variant?: string;
  /** Rows of a table, entries of a bibliography, works of a graph. */
  readonly rows: number;
  /** The citations of a graph. */
  readonly citations: number;
};

const fieldTypes: Readonly<Record<ColumnType, string>> = {
  text: "string",
  integer: "integer",
  boolean: "boolean",
  instant: "datetime",
  texts: "array",
};

/**
 * Describes a dump as a Frictionless Data Package: each file with its hash and counts, each column with its meaning,
 * and the version of the tables. It contains no time, so that the same tables give the same text.
 */
async function dataPackage(
  client: pg.ClientBase,
  set: ExportedSet,
  files: readonly { readonly file: ExportFile; readonly dumped: DumpedFile }[],
): Promise<string> {
  const resources: object[] = [];
  for (const { file, dumped } of files) {
    const table = file.table === undefined ? null : await readTable(client, file.table);
    resources.push({
      name: file.name.toLowerCase().replace(/[^a-z0-9]+/g, "-"),
      path: file.name,
      format: file.format,
      mediatype: file.mediaType,
      ...(file.format === "parquet" ? {} : { encoding: "utf-8" }),
      bytes: dumped.bytes,
      hash: `sha256:${dumped.sha256}`,
      ...(table === null ? {} : { profile: "tabular-data-resource", description: table.description }),
      ...(file.format === "csv" ? { dialect: { lineTerminator: "\n" } } : {}),
      ...countsOf(file, dumped),
      ...(table === null
        ? {}
        : { schema: { fields: table.columns.map(fieldOf), primaryKey: table.key, missingValues: [""] } }),
    });
  }
  const description = {
    name: "pith-graph",
    title: "Papers, claims, references and citations of a Pith mirror",
    description:
      "Each row is a statement of a signer about a paper; analytics.papers.proof is its proof. See docs/exports.md of pith-graph.",
    sources: [{ title: "The events that this mirror stores, merged by the Pith Open Graph protocol" }],
    contributors: [{ title: `pith-graph ${softwareVersion}`, role: "wrangler" }],
    setVersion: set.version,
    changePosition: set.changePosition,
    graphVersion: set.graphVersion,
    checksum: set.checksum,
    resources,
  };
  return `${JSON.stringify(description, null, 2)}\n`;
}

function countsOf({ format }: ExportFile, { rows, citations }: DumpedFile): object {
  if (format === "graphml" || format === "pajek") return { works: rows, citations };
  if (format === "vosviewer") return rows > 0 ? { works: rows } : { citations };
  return { rowCount: rows };
}

function fieldOf({ name, type, description, isKey }: Column): object {
  return {
    name,
    type: fieldTypes[type],
    description,
    ...(isKey ? { constraints: { required: true } } : {}),
  };
}

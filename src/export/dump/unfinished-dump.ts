import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { softwareVersion } from "../../runtime/index.ts";
import type { ExportFile } from "../export-file.ts";
import type { ExportedSet } from "../snapshot.ts";
import type { DumpedFile } from "./data-package.ts";
import { readWritten, writeWhole } from "./written-file.ts";

/** The state of a dump until it is complete. */
type DumpRecord = {
  readonly software: string;
  readonly version: string;
  readonly files: readonly DumpedFile[];
};

const fileName = "unfinished.json";

/** The record of a dump that is being written: its version of the tables, and its complete files. */
export class UnfinishedDump {
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

  /** The record of an earlier export, perhaps of another version; null if there is none, or the file is not ours. */
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
  async whole(
    folder: string,
    { name, variant }: Pick<ExportFile, "name" | "variant">,
  ): Promise<DumpedFile | null> {
    const known = this.#files.find((file) => file.name === name);
    if (known === undefined || known.variant !== variant) return null;
    const written = await readWritten(join(folder, name));
    return written?.sha256 === known.sha256 ? known : null;
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
    await writeWhole(this.#path, piecesOf(JSON.stringify(record)));
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

export async function* piecesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

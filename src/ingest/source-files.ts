import { createReadStream, type Stats } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { errorText } from "../runtime/index.ts";
import { gunzipped, linesOf, type Piece, skipByteOrderMark, wholeOf } from "./document-stream.ts";
import type { SourceDocument } from "./verify.ts";

export type FileSource = {
  readonly name: string;
  /** Bytes on disk, used to measure progress. Undefined if unknown, as for standard input. */
  readonly size: number | undefined;
};

/** A path given by the user that does not exist. */
export class SourceError extends Error {
  override readonly name = "SourceError";
}

const documentName = /\.(?:json|ndjson|jsonl)(?:\.gz)?$/i;
const linesName = /\.(?:ndjson|jsonl)(?:\.gz)?$/i;

/**
 * Finds the files for the given paths: for a folder, the documents below it, sorted by name, following symbolic links;
 * `-` for standard input. Calls `onSkipped` with a line for everything skipped below a folder, and for a folder without
 * documents. Throws SourceError.
 */
export async function findSources(
  paths: readonly string[],
  onSkipped: (line: string) => void = () => {},
): Promise<FileSource[]> {
  const sources: FileSource[] = [];
  for (const path of paths) {
    if (path === "-") {
      sources.push({ name: "-", size: undefined });
      continue;
    }
    const info = await stat(path).catch(() => null);
    if (info === null) throw new SourceError(`Can't read ${path}: no such file or folder.`);
    if (info.isDirectory()) sources.push(...(await findBelow(path, onSkipped)));
    else sources.push({ name: path, size: info.size });
  }
  return sources;
}

async function findBelow(folder: string, onSkipped: (line: string) => void): Promise<FileSource[]> {
  const walk = new FolderWalk(onSkipped);
  await walk.enter(folder);
  walk.reportOtherFiles(folder);
  if (walk.sources.length === 0) {
    onSkipped(`${folder}: no documents (.json, .ndjson or .jsonl, each also .gz)`);
  }
  return walk.sources;
}

/** The maximum number of skipped files listed in a report. */
const maxNamed = 3;

class FolderWalk {
  readonly sources: FileSource[] = [];
  readonly #onSkipped: (line: string) => void;
  /** Folders already entered, by device and inode. */
  readonly #entered = new Map<string, string>();
  readonly #others: string[] = [];

  constructor(onSkipped: (line: string) => void) {
    this.#onSkipped = onSkipped;
  }

  /** Enters a folder only once if several links lead to it, so that a link to a parent folder causes no loop. */
  async enter(folder: string): Promise<void> {
    try {
      const { dev, ino } = await stat(folder, { bigint: true });
      const before = this.#entered.get(`${dev}:${ino}`);
      if (before !== undefined) return this.#skip(folder, `the same folder as ${before}`);
      this.#entered.set(`${dev}:${ino}`, folder);
      const names = await readdir(folder);
      for (const name of names.sort()) await this.#visit(join(folder, name), name);
    } catch (error) {
      this.#skip(folder, errorText(error));
    }
  }

  async #visit(path: string, name: string): Promise<void> {
    let info: Stats;
    try {
      info = await stat(path);
    } catch (error) {
      // An unreadable document counts as a rejected one, with the reason.
      if (documentName.test(name)) this.sources.push({ name: path, size: undefined });
      else this.#skip(path, errorText(error));
      return;
    }
    if (info.isDirectory()) return this.enter(path);
    if (!documentName.test(name)) this.#others.push(path);
    else if (info.isFile()) this.sources.push({ name: path, size: info.size });
    // Opening a pipe would wait for a writer.
    else this.#skip(path, "neither a file nor a folder");
  }

  #skip(path: string, reason: string): void {
    this.#onSkipped(`${path}: skipped: ${reason}`);
  }

  /** Reports the names of files that are not documents. */
  reportOtherFiles(folder: string): void {
    const count = this.#others.length;
    if (count === 0) return;
    const named = this.#others.slice(0, maxNamed).join(", ");
    const files = count === 1 ? "1 file that is" : `${count} files that are`;
    this.#onSkipped(
      `${folder}: skipped ${files} not .json, .ndjson or .jsonl: ${named}${count > maxNamed ? ", …" : ""}`,
    );
  }
}

/**
 * Reads the documents of a file: a single one, or one per line if its name ends in .ndjson or .jsonl; decompressed if
 * it ends in .gz. The format of standard input is detected from its beginning. Removes a byte order mark before the
 * first document. Memory is bounded by `maximumBytes`, whatever the input's size.
 *
 * `onRead` is called with the number of bytes read from disk.
 */
export async function* readSource(
  { name }: FileSource,
  maximumBytes: number,
  onRead: (bytes: number) => void,
): AsyncGenerator<SourceDocument> {
  const raw: Readable = name === "-" ? process.stdin : createReadStream(name, { highWaterMark: 1 << 18 });
  raw.on("data", (chunk: Buffer) => onRead(chunk.length));
  raw.pause();
  try {
    const chunks = skipByteOrderMark(await decompressed(raw, name));
    const inLines = name === "-" ? undefined : linesName.test(name);
    const pieces =
      inLines === false ? wholeOf(chunks, maximumBytes) : linesOf(chunks, maximumBytes, inLines === true);
    for await (const piece of pieces) yield documentOf(name, piece);
  } catch (error) {
    yield {
      source: name,
      code: "UNREADABLE",
      unreadable: errorText(error),
    };
  } finally {
    raw.destroy();
  }
}

function documentOf(name: string, piece: Piece): SourceDocument {
  const shown = name === "-" ? "standard input" : name;
  const source = piece.line === undefined ? shown : `${shown}:${piece.line}`;
  if (piece.bytes !== null) return { source, bytes: piece.bytes };
  return {
    source,
    code: "TOO_LARGE",
    unreadable: "The document is larger than PITH_GRAPH_MAX_DOCUMENT_BYTES.",
  };
}

/** The decompressed bytes of the stream. Throws if the name says gzip and the content does not begin like it. */
async function decompressed(raw: Readable, name: string): Promise<AsyncIterable<Buffer>> {
  const { isGzip, bytes } = await gunzipped(raw[Symbol.asyncIterator]());
  if (!isGzip && name.toLowerCase().endsWith(".gz")) throw new Error("The file is not in gzip format.");
  return bytes;
}

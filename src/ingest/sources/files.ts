import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { Delivery } from "../arrival.ts";
import { linesOf, type Piece, wholeOf } from "./pieces.ts";

/** What a source delivers: a document, or why something that should have been one cannot be read. */
export type Delivered =
  | Delivery
  | { readonly source: string; readonly unreadable: string; readonly code: string };

export type FileSource = {
  readonly name: string;
  /** Bytes on disk: what progress is measured by. Undefined where it is not known: of standard input. */
  readonly size: number | undefined;
};

/** A path given that does not exist, or is neither a document nor a folder. */
export class SourceError extends Error {
  override readonly name = "SourceError";
}

const documentName = /\.(?:json|ndjson|jsonl)(?:\.gz)?$/i;
const linesName = /\.(?:ndjson|jsonl)(?:\.gz)?$/i;

/**
 * The files that paths name: a folder stands for the documents below it, in the order of their names; `-` for
 * standard input. Throws SourceError.
 */
export async function findSources(paths: readonly string[]): Promise<FileSource[]> {
  const sources: FileSource[] = [];
  for (const path of paths) {
    if (path === "-") {
      sources.push({ name: "-", size: undefined });
      continue;
    }
    const info = await stat(path).catch(() => null);
    if (info === null) throw new SourceError(`${path}: no such file or folder.`);
    if (info.isDirectory()) sources.push(...(await findBelow(path)));
    else sources.push({ name: path, size: info.size });
  }
  return sources;
}

async function findBelow(folder: string): Promise<FileSource[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  const sources: FileSource[] = [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) sources.push(...(await findBelow(path)));
    else if (documentName.test(entry.name)) {
      // A link that leads nowhere is told when it is read: it must not keep the others out.
      sources.push({ name: path, size: (await stat(path).catch(() => undefined))?.size });
    }
  }
  return sources;
}

/**
 * The documents of a file: one, or one a line where its name ends in .ndjson or .jsonl; gzipped where it ends in
 * .gz. Of standard input the beginning tells. Memory is bounded by `maximumBytes`, whatever the input's size.
 *
 * `onRead` is told the number of bytes read from disk.
 */
export async function* readSource(
  { name }: FileSource,
  maximumBytes: number,
  onRead: (bytes: number) => void,
): AsyncGenerator<Delivered> {
  const raw: Readable = name === "-" ? process.stdin : createReadStream(name, { highWaterMark: 1 << 18 });
  raw.on("data", (chunk: Buffer) => onRead(chunk.length));
  raw.pause();
  try {
    const chunks = await decompressed(raw, name);
    const inLines = name === "-" ? undefined : linesName.test(name);
    const pieces =
      inLines === false ? wholeOf(chunks, maximumBytes) : linesOf(chunks, maximumBytes, inLines === true);
    for await (const piece of pieces) yield delivered(name, piece);
  } catch (error) {
    yield {
      source: name,
      code: "UNREADABLE",
      unreadable: error instanceof Error ? error.message : String(error),
    };
  } finally {
    raw.destroy();
  }
}

function delivered(name: string, piece: Piece): Delivered {
  const shown = name === "-" ? "standard input" : name;
  const source = piece.line === undefined ? shown : `${shown}:${piece.line}`;
  if (piece.bytes !== null) return { source, bytes: piece.bytes };
  return { source, code: "TOO_LARGE", unreadable: "The document is larger than allowed." };
}

/** The stream's own bytes, or what they unpack to: told by the first two, whatever the file's name. */
async function decompressed(raw: Readable, name: string): Promise<AsyncIterable<Buffer>> {
  const chunks = raw[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const first = await chunks.next();
  const start = first.done ? Buffer.alloc(0) : first.value;
  const rest = (async function* () {
    yield start;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
  })();
  const isPacked = start[0] === 0x1f && start[1] === 0x8b;
  if (!isPacked) {
    if (name.toLowerCase().endsWith(".gz")) throw new Error("not in gzip format.");
    return rest;
  }
  const gunzip = createGunzip();
  void (async () => {
    try {
      for await (const chunk of rest) {
        if (!gunzip.write(chunk)) await new Promise((resolve) => gunzip.once("drain", resolve));
      }
      gunzip.end();
    } catch (error) {
      gunzip.destroy(error as Error);
    }
  })();
  return gunzip;
}

import { readFile } from "node:fs/promises";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";

/** The bytes of a document in a stream; null if they exceed the limit. */
export type Piece = {
  readonly bytes: Buffer | null;
  /** From 1, if the source has one document per line. */
  readonly line?: number;
};

/** A complete stream as one piece. */
export async function* wholeOf(chunks: AsyncIterable<Buffer>, maximumBytes: number): AsyncGenerator<Piece> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > maximumBytes) {
      yield { bytes: null };
      return;
    }
    parts.push(chunk);
  }
  yield { bytes: Buffer.concat(parts) };
}

/**
 * The non-blank lines of a stream. Unless `certain`, a stream whose first line is not valid JSON is treated as one
 * document over several lines, until a later line is a document: then the first was a malformed line.
 */
export async function* linesOf(
  chunks: AsyncIterable<Buffer>,
  maximumBytes: number,
  certain: boolean,
): AsyncGenerator<Piece> {
  const lines = eachLine(chunks, maximumBytes);
  let beginning = certain ? null : new Beginning(maximumBytes);
  for await (const piece of lines) {
    if (beginning === null) {
      if (!isBlank(piece)) yield piece;
    } else if (beginning.add(piece)) {
      yield* beginning.pieces();
      beginning = null;
    }
  }
  if (beginning !== null) yield* beginning.document();
}

/** The first lines of a stream, until one shows that each line is a document. */
class Beginning {
  readonly #maximumBytes: number;
  #lines: Piece[] = [];
  #size = 0;
  /** The lines exceed the size of a document: only a later line that is a document can still change the outcome. */
  #isTooLarge = false;

  constructor(maximumBytes: number) {
    this.#maximumBytes = maximumBytes;
  }

  /** Adds the next line; returns whether each line is a document. */
  add(piece: Piece): boolean {
    const isFirst = this.#lines.length === 0 && !this.#isTooLarge;
    if (isFirst && isBlank(piece)) return false;
    if (isFirst ? piece.bytes === null || isJson(piece.bytes) : isDocument(piece)) {
      this.#lines.push(piece);
      return true;
    }
    this.#size += (piece.bytes?.length ?? this.#maximumBytes) + (isFirst ? 0 : 1);
    this.#isTooLarge ||= this.#size > this.#maximumBytes;
    if (this.#isTooLarge) this.#lines = [];
    else this.#lines.push(piece);
    return false;
  }

  /** The added lines, one document per line. Malformed lines too large to keep become one piece. */
  pieces(): Piece[] {
    const lines = this.#lines.filter((piece) => !isBlank(piece));
    return this.#isTooLarge ? [{ bytes: null }, ...lines] : lines;
  }

  /** The added lines as one document; nothing if all are blank. */
  document(): Piece[] {
    if (this.#isTooLarge) return [{ bytes: null }];
    if (this.#lines.length === 0) return [];
    const parts = this.#lines.flatMap(({ bytes }) => [newline, bytes ?? newline]);
    return [{ bytes: Buffer.concat(parts.slice(1)) }];
  }
}

const newline = Buffer.from("\n");

/** All lines of a stream, also blank ones and the rest after the last line feed; null bytes if too large. */
async function* eachLine(chunks: AsyncIterable<Buffer>, maximumBytes: number): AsyncGenerator<Piece> {
  let parts: Buffer[] = [];
  let size = 0;
  let line = 0;
  const add = (part: Buffer) => {
    size += part.length;
    // Bytes beyond the limit are skipped, not stored.
    if (size <= maximumBytes) parts.push(part);
    else parts = [];
  };
  const take = (): Piece => {
    const bytes = size > maximumBytes ? null : joined(parts);
    parts = [];
    size = 0;
    line++;
    return { bytes, line };
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, from)) {
      add(chunk.subarray(from, end));
      from = end + 1;
      yield take();
    }
    add(chunk.subarray(from));
  }
  yield take();
}

/** Most lines lie within one chunk and need no copy. */
function joined(parts: readonly Buffer[]): Buffer {
  const [first] = parts;
  return parts.length === 1 && first !== undefined ? first : Buffer.concat(parts);
}

function isBlank({ bytes }: Piece): boolean {
  return bytes?.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d) ?? false;
}

function isJson(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString());
    return true;
  } catch {
    return false;
  }
}

/** Whether a line is a complete bundle or state. No line within a multi-line document is. */
function isDocument({ bytes }: Piece): boolean {
  if (bytes === null || !/^[ \t]*\{/.test(bytes.subarray(0, 100).toString("latin1"))) return false;
  try {
    const value = JSON.parse(bytes.toString()) as object;
    return Object.hasOwn(value, "bundle_type") || Object.hasOwn(value, "state_type");
  } catch {
    return false;
  }
}

type Gunzipped = { readonly isGzip: boolean; readonly bytes: AsyncIterable<Buffer> };

/**
 * The bytes of a file or body, decompressed if they are in gzip format. Detected from the first bytes, whatever a name
 * or header says: no JSON begins like gzip. Iterating rejects with an error whose code begins with `Z_` if
 * decompression fails.
 */
export async function gunzipped(chunks: AsyncIterableIterator<Buffer>): Promise<Gunzipped> {
  const first = await chunks.next();
  const start: Buffer = first.done ? Buffer.alloc(0) : first.value;
  const all = (async function* () {
    yield start;
    yield* chunks;
  })();
  const isGzip = start[0] === 0x1f && (start.length < 2 || start[1] === 0x8b);
  // Errors are thrown by the iteration.
  return { isGzip, bytes: isGzip ? pipeline(all, createGunzip(), () => {}) : all };
}

const mark = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * The bytes of a file or body without a leading UTF-8 byte order mark. The mark belongs to the file, not to the
 * document in it, so code that reads files or bodies removes it: the protocol's parser rejects it (PROTOCOL section 4).
 */
export function withoutByteOrderMark<Bytes extends Uint8Array>(bytes: Bytes): Bytes {
  const hasMark = mark.every((byte, index) => bytes[index] === byte);
  return hasMark ? (bytes.subarray(mark.length) as Bytes) : bytes;
}

/** The text of a UTF-8 file, without a leading byte order mark. */
export async function readTextFile(path: string): Promise<string> {
  return withoutByteOrderMark(await readFile(path)).toString();
}

/** The same for a stream, however its beginning is split into chunks. A mark anywhere else stays. */
export async function* skipByteOrderMark(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let start: Buffer | null = Buffer.alloc(0);
  for await (const chunk of chunks) {
    if (start === null) {
      yield chunk;
      continue;
    }
    start = start.length === 0 ? chunk : Buffer.concat([start, chunk]);
    if (start.length < mark.length && mark.subarray(0, start.length).equals(start)) continue;
    yield withoutByteOrderMark(start);
    start = null;
  }
  if (start !== null && start.length > 0) yield start;
}

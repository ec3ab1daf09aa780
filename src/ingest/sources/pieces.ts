/** A document's bytes out of a stream; null where there were more than allowed. */
export type Piece = {
  readonly bytes: Buffer | null;
  /** From 1, where the source has one document a line. */
  readonly line?: number;
};

/** The whole of a stream as one piece. */
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
 * The lines of a stream, blank ones left out. Unless `certain`, a stream whose first line is no JSON of its own is one
 * document written over several lines, until a later line turns out to be a document: then the first was a bad line.
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

/** The lines of a stream up to the one that shows whether each line is a document. */
class Beginning {
  readonly #maximumBytes: number;
  #lines: Piece[] = [];
  #size = 0;
  /** More than a document may have: only a line that is a document can still say something else. */
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

  /** What was added, as a document a line. Bad lines that were too many to keep are one piece. */
  pieces(): Piece[] {
    const lines = this.#lines.filter((piece) => !isBlank(piece));
    return this.#isTooLarge ? [{ bytes: null }, ...lines] : lines;
  }

  /** What was added, as one document; nothing where all lines were blank. */
  document(): Piece[] {
    if (this.#isTooLarge) return [{ bytes: null }];
    if (this.#lines.length === 0) return [];
    const parts = this.#lines.flatMap(({ bytes }) => [newline, bytes ?? newline]);
    return [{ bytes: Buffer.concat(parts.slice(1)) }];
  }
}

const newline = Buffer.from("\n");

/** Every line of a stream, blank ones and what follows the last line feed included; null for one that is too large. */
async function* eachLine(chunks: AsyncIterable<Buffer>, maximumBytes: number): AsyncGenerator<Piece> {
  let parts: Buffer[] = [];
  let size = 0;
  let line = 0;
  const add = (part: Buffer) => {
    size += part.length;
    // What is beyond the limit is read past, not kept.
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

/** Most lines lie within one chunk, and need not be copied out of it. */
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

/** Whether a line is a bundle or a state by itself. No line within a document that is written over several lines is. */
function isDocument({ bytes }: Piece): boolean {
  if (bytes === null || !/^[ \t]*\{/.test(bytes.subarray(0, 100).toString("latin1"))) return false;
  try {
    const value = JSON.parse(bytes.toString()) as object;
    return Object.hasOwn(value, "bundle_type") || Object.hasOwn(value, "state_type");
  } catch {
    return false;
  }
}

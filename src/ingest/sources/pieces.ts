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
 * The lines of a stream, empty ones left out. Unless `certain`, a first line that is no JSON of its own (blank
 * ones aside) means that the stream is one document written over several lines.
 */
export async function* linesOf(
  chunks: AsyncIterable<Buffer>,
  maximumBytes: number,
  certain: boolean,
): AsyncGenerator<Piece> {
  let parts: Buffer[] = [];
  let size = 0;
  let line = 0;
  let isDecided = certain;
  let isWhole = false;
  const take = (): Piece | null => {
    const bytes = size > maximumBytes ? null : joined(parts);
    parts = [];
    size = 0;
    line++;
    return bytes !== null && isBlank(bytes) ? null : { bytes, line };
  };
  for await (const chunk of chunks) {
    let from = 0;
    while (!isWhole) {
      const end = chunk.indexOf(0x0a, from);
      if (end < 0) break;
      const part = chunk.subarray(from, end);
      if (!isDecided) {
        const start = size + part.length <= maximumBytes ? Buffer.concat([...parts, part]) : null;
        isDecided = start === null || !isBlank(start);
        isWhole = start !== null && isDecided && !isJson(start);
        if (isWhole) break;
      }
      size += part.length;
      if (size <= maximumBytes) parts.push(part);
      from = end + 1;
      const piece = take();
      if (piece !== null) yield piece;
    }
    // What is beyond the limit is read past, not kept.
    const rest = chunk.subarray(from);
    size += rest.length;
    if (size <= maximumBytes) parts.push(rest);
    else parts = [];
  }
  if (isWhole) {
    yield { bytes: size > maximumBytes ? null : Buffer.concat(parts) };
    return;
  }
  const last = take();
  if (last !== null) yield last;
}

/** Most lines lie within one chunk, and need not be copied out of it. */
function joined(parts: readonly Buffer[]): Buffer {
  const [first] = parts;
  return parts.length === 1 && first !== undefined ? first : Buffer.concat(parts);
}

function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}

function isJson(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString());
    return true;
  } catch {
    return false;
  }
}

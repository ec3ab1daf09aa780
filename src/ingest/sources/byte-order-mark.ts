import { readFile } from "node:fs/promises";

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

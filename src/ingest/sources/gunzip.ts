import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";

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

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, rename, rm } from "node:fs/promises";

export type WrittenFile = {
  readonly bytes: number;
  /** 64 hex digits. */
  readonly sha256: string;
};

/**
 * Writes a file atomically: under a temporary name until all is on disk. An existing file stays until then. `onBytes`
 * is called for each piece; the signal ends the writing between two.
 */
export async function writeFileAtomically(
  path: string,
  pieces: AsyncIterable<Uint8Array>,
  {
    onBytes = () => {},
    signal,
  }: { readonly onBytes?: (bytes: number) => void; readonly signal?: AbortSignal | undefined } = {},
): Promise<WrittenFile> {
  const unfinished = `${path}.part`;
  const hash = createHash("sha256");
  let bytes = 0;
  const file = await open(unfinished, "w");
  try {
    for await (const piece of pieces) {
      signal?.throwIfAborted();
      await file.writeFile(piece);
      hash.update(piece);
      bytes += piece.length;
      onBytes(piece.length);
    }
    await file.sync();
    await file.close();
    await rename(unfinished, path);
  } catch (error) {
    await file.close().catch(() => {});
    await rm(unfinished, { force: true });
    throw error;
  }
  return { bytes, sha256: hash.digest("hex") };
}

/** The size and hash of a file; null if it is missing. */
export async function hashFile(path: string): Promise<WrittenFile | null> {
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    for await (const piece of createReadStream(path)) {
      hash.update(piece as Buffer);
      bytes += (piece as Buffer).length;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  return { bytes, sha256: hash.digest("hex") };
}

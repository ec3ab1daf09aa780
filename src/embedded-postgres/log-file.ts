import { type FileHandle, open, readFile, rename, stat } from "node:fs/promises";
import { errorCode } from "./errors.ts";

/** Maximum size in bytes: a larger log is rotated when the server starts. One old log is kept. */
const LONGEST_LOG = 1_000_000;

/** Opens the server's log for appending and rotates it: at most two files of about a megabyte. */
export async function openLog(path: string): Promise<FileHandle> {
  if ((await logSize(path)) > LONGEST_LOG) await rename(path, `${path}.old`);
  return open(path, "a", 0o600);
}

async function logSize(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return 0;
    throw error;
  }
}

/** The last `lines` lines of what was logged after byte `start`. */
export async function logTail(path: string, start: number, lines = 20): Promise<string> {
  const text = (await readFile(path)).subarray(start).toString("utf8");
  return text.trimEnd().split("\n").slice(-lines).join("\n");
}

import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Creates a folder and its missing parents. Rejects with the system's error.
 *
 * Creates one folder at a time: `mkdir` with `recursive` never returns below /proc and /sys, where an existing folder
 * answers ENOENT to each attempt to create a folder in it.
 */
export async function makeFolder(path: string): Promise<void> {
  const missing: string[] = [];
  for (let folder = path; !(await isFolder(folder)); folder = dirname(folder)) missing.push(folder);
  for (const folder of missing.reverse()) {
    await mkdir(folder).catch((error: NodeJS.ErrnoException) => {
      // Another process has created it concurrently.
      if (error.code !== "EEXIST") throw error;
    });
  }
}

/** Rejects with ENOTDIR if it is a file. */
async function isFolder(path: string): Promise<boolean> {
  try {
    if ((await stat(path)).isDirectory()) return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
  throw Object.assign(new Error(`ENOTDIR: not a directory, '${path}'`), {
    code: "ENOTDIR",
    syscall: "stat",
    path,
  });
}

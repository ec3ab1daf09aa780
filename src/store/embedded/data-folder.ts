import { mkdtemp, realpath, rmdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { errorText } from "../../runtime/error-text.ts";
import { makeFolder } from "../make-folder.ts";
import { EmbeddedServerError, errorCode } from "./errors.ts";

/**
 * The real path of the data folder; created if it does not exist.
 * @throws EmbeddedServerError `directory-unusable` with a plain message, if it cannot be written
 */
export async function prepareDataFolder(path: string): Promise<string> {
  try {
    await makeFolder(path);
    const folder = await realpath(path);
    // A folder with a cluster has been written to before; its owner is checked later, with the cluster.
    const hasCluster = await stat(join(folder, "cluster")).then(
      () => true,
      () => false,
    );
    // access() always succeeds for root, even on file systems that allow no new folders.
    if (!hasCluster) await rmdir(await mkdtemp(join(folder, ".writable-")));
    return folder;
  } catch (error) {
    throw unusable(path, error);
  }
}

/** Explains an error of the file system to the user: `path` is the value of PITH_GRAPH_DATA. */
export function unusable(path: string, error: unknown): EmbeddedServerError {
  const code = errorCode(error) ?? "";
  const reason = reasons[code] ?? errorText(error);
  return new EmbeddedServerError(
    "directory-unusable",
    `Can't use the data folder ${path}: ${reason}. ` +
      "Set PITH_GRAPH_DATA to a writable folder, or DATABASE_URL to a PostgreSQL server.",
    { cause: error },
  );
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "its file system is read-only",
  ENOTDIR: "a part of its path is a file",
  EEXIST: "a part of its path is a file",
  ENOENT: "its file system allows no new folders",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  ENAMETOOLONG: "its name is too long",
  ELOOP: "its symbolic links form a loop",
};

import { mkdtemp, realpath, rm, rmdir, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { errorText, makeFolder } from "../runtime/index.ts";
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
    throw dataFolderError(path, error);
  }
}

/** Explains an error of the file system to the user: `path` is the value of PITH_GRAPH_DATA. */
export function dataFolderError(path: string, error: unknown): EmbeddedServerError {
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

/** The folder through which clients reach the server's socket. */
type SocketFolder = { host: string; remove(): Promise<void> };

/** Only part of the socket's file name: the server has no TCP port. */
export const PORT = 5432;

/** The kernel limits a socket's path, with its terminator, to 108 bytes on Linux and 104 on macOS. */
const MAX_SOCKET_PATH_BYTES = 103;

/**
 * Gives clients a short path to the folder of the server's socket.
 *
 * The socket is in the cluster's own folder, which PostgreSQL keeps at mode 0700: no other user can plant it, no
 * cleaner of temporary files removes it, and whoever shares the data shares the server, even from another container.
 * The limit applies to the path as written, not to its target: a long one is replaced by a symbolic link in a short
 * private folder, one per process, since a predictable name could be taken by others.
 */
export async function prepareSocketFolder(cluster: string): Promise<SocketFolder> {
  if (fits(cluster)) return { host: cluster, remove: async () => {} };
  // If TMPDIR itself is long, use /tmp.
  const folder = await mkdtemp(
    join(fits(join(tmpdir(), "pith-graph-XXXXXX", "c")) ? tmpdir() : "/tmp", "pith-graph-"),
  );
  const host = join(folder, "c");
  await symlink(cluster, host);
  return { host, remove: () => rm(folder, { recursive: true, force: true }) };
}

function fits(folder: string): boolean {
  return Buffer.byteLength(join(folder, `.s.PGSQL.${PORT}`)) <= MAX_SOCKET_PATH_BYTES;
}

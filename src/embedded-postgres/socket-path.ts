import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The folder through which clients reach the server's socket. */
type SocketFolder = { host: string; remove(): Promise<void> };

/** Only part of the socket's file name: the server has no TCP port. */
export const PORT = 5432;

/** The kernel limits a socket's path, with its terminator, to 108 bytes on Linux and 104 on macOS. */
const LONGEST_SOCKET_PATH = 103;

/**
 * Gives clients a short path to the folder of the server's socket.
 *
 * The socket is in the cluster's own folder, which PostgreSQL keeps at mode 0700: no other user can plant it, no
 * cleaner of temporary files removes it, and whoever shares the data shares the server, even from another container.
 * The limit applies to the path as written, not to its target: a long one is replaced by a symbolic link in a short
 * private folder, one per process, since a predictable name could be taken by others.
 */
export async function nameSocketFolder(cluster: string): Promise<SocketFolder> {
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
  return Buffer.byteLength(join(folder, `.s.PGSQL.${PORT}`)) <= LONGEST_SOCKET_PATH;
}

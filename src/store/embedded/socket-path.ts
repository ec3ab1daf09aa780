import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder by whose name clients reach the server's socket. */
type SocketFolder = { host: string; remove(): Promise<void> };

/** Part of the socket's file name only: the server has no TCP port. */
export const PORT = 5432;

/** The kernel's limit on a socket's path is 108 bytes with its end on Linux, 104 on macOS. */
const LONGEST_SOCKET_PATH = 103;

/**
 * Names the folder of the server's socket for clients.
 *
 * The socket lies in the cluster's own folder, which PostgreSQL keeps at mode 0700: nobody can prepare it, no
 * cleaner of temporary files removes it, and whoever shares the data shares the server, also out of another
 * container. The limit is on the path as it is written, not on where it leads: for a long one we go through a
 * symbolic link in a short private folder, one for each process, since a name that could be guessed could be taken.
 */
export async function nameSocketFolder(cluster: string): Promise<SocketFolder> {
  if (fits(cluster)) return { host: cluster, remove: async () => {} };
  // Where TMPDIR itself is long, /tmp is short.
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

import { readFile, realpath, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** The user and group that the server runs as. */
export type ServerUser = { uid: number; gid: number };

/** uid and gid of nobody if /etc/passwd does not name it (minimal containers). */
const OVERFLOW_ID = 65534;

/**
 * The user to run the server as: the current user, or `nobody` for root, since PostgreSQL refuses to run as root.
 * nobody exists everywhere and owns nothing, so no user has to be created.
 */
export async function chooseServerUser(passwd = "/etc/passwd"): Promise<ServerUser> {
  const [uid, gid] = [process.getuid?.() ?? OVERFLOW_ID, process.getgid?.() ?? OVERFLOW_ID];
  if (uid !== 0) return { uid, gid };
  const lines = (await readFile(passwd, "utf8").catch(() => "")).split("\n");
  // initdb requires a user with a name: if nobody has none, daemon is better than a bare number.
  for (const name of ["nobody", "daemon"]) {
    const entry = new RegExp(`^${name}:[^:]*:(-?[0-9]+):(-?[0-9]+):`);
    const found = lines
      .map((line) => entry.exec(line))
      .find((match) => match !== null && Number(match[1]) !== 0);
    if (found) return { uid: Number(found[1]), gid: Number(found[2]) };
  }
  return { uid: OVERFLOW_ID, gid: OVERFLOW_ID };
}

/** `uid` and `gid` options for a child process: only as root, since only root may change them. */
export function spawnAs(user: ServerUser): Partial<ServerUser> {
  return process.getuid?.() === 0 ? user : {};
}

/** Whether the user may enter a folder: it and all its parents must grant search permission. */
export async function canEnter(folder: string, user: ServerUser): Promise<boolean> {
  if (user.uid === process.getuid?.()) return true;
  let path = await realpath(folder);
  for (;;) {
    const { uid, gid, mode } = await stat(path);
    const search = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & search) === 0) return false;
    if (dirname(path) === path) return true;
    path = dirname(path);
  }
}

/**
 * Folders for a copy of the binaries, best first. The copy is disposable: it may be deleted whenever no server is
 * running. The folders next to the data directory are for root's server, which often cannot enter the data directory's
 * parents, and for data directories mounted noexec.
 */
export async function binaryFolders(dataDirectory: string, user: ServerUser): Promise<string[]> {
  const own = process.getuid?.() ?? user.uid;
  const folders = [join(tmpdir(), `pith-graph-binaries-${own}`)];
  if (own === 0) folders.unshift("/var/cache/pith-graph");
  if (await canEnter(dataDirectory, user)) folders.unshift(join(dataDirectory, "runtime"));
  return folders;
}

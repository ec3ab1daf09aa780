import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { link, open, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { errorCode } from "./errors.ts";

/** Held from the search for a running server until a started one accepts members. */
type StartLock = { release(): Promise<void> };

/** BSD's flag for `open`: take an exclusive flock with it. Node has no constant for it. */
const O_EXLOCK = 0x20;

/**
 * Takes the lock under which a server is started on this data directory; undefined if another process has it.
 *
 * The kernel owns the lock and frees it however its holder dies. So there are no stale locks to detect, which is
 * impossible without a race for lock files with process ids. Linux: the name of an abstract Unix socket, which only one
 * process can bind. macOS: flock, through `open`.
 */
export async function tryStartLock(dataDirectory: string): Promise<StartLock | undefined> {
  return process.platform === "linux" ? bindName(await lockName(dataDirectory)) : openLocked(dataDirectory);
}

function bindName(name: string): Promise<StartLock | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.on("error", (error) => {
      if (errorCode(error) === "EADDRINUSE") resolve(undefined);
      else reject(error);
    });
    // exclusive: in a node:cluster worker the primary would share one socket among all workers.
    server.listen({ path: `\0${name}`, exclusive: true }, () => {
      resolve({ release: () => new Promise((closed) => server.close(() => closed())) });
    });
  });
}

/**
 * Any user of the machine can bind an abstract name. Ours is a secret kept in the data directory, so no other user can
 * occupy it to block our start.
 */
async function lockName(dataDirectory: string): Promise<string> {
  const path = join(dataDirectory, "start.key");
  const read = async () => {
    const key = await readFile(path, "utf8").catch((error: unknown) => {
      if (errorCode(error) !== "ENOENT") throw error;
    });
    return key === undefined ? undefined : `pith-graph-start-${key.trim()}`;
  };
  const stored = await read();
  if (stored !== undefined) return stored;
  // link() is atomic and never replaces: of several concurrent starts one key wins, and it is never seen half written.
  const key = randomBytes(16).toString("hex");
  const draft = `${path}.${key}`;
  try {
    await writeFile(draft, `${key}\n`, { mode: 0o600 });
    await link(draft, path).catch((error: unknown) => {
      if (errorCode(error) !== "EEXIST") throw error;
    });
  } finally {
    await rm(draft, { force: true });
  }
  return (await read()) ?? lockName(dataDirectory);
}

async function openLocked(dataDirectory: string): Promise<StartLock | undefined> {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK | O_EXLOCK;
  try {
    const file = await open(join(dataDirectory, "start.lock"), flags, 0o600);
    return { release: () => file.close() };
  } catch (error) {
    if (errorCode(error) === "EAGAIN") return undefined;
    throw error;
  }
}

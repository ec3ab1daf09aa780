import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { link, open, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { findBinaries, type InstalledBinaries, prepareBinaries } from "./binaries.ts";
import { createCluster, inspectCluster, SUPERUSER } from "./cluster.ts";
import { dataFolderError, PORT, prepareDataFolder, prepareSocketFolder } from "./data-folder.ts";
import { EmbeddedServerError, errorCode } from "./errors.ts";
import { DATABASE, type Membership, type NotJoined, tryJoin } from "./membership.ts";
import {
  isPostmaster,
  logTail,
  recordedPid,
  removeStaleLocks,
  spawnPostmaster,
  stopPostmaster,
} from "./postmaster.ts";
import { binaryFolders, chooseServerUser, type ServerUser } from "./server-user.ts";

/*
 * How starts, joins and stops are kept apart. Three locks, each freed by the kernel or PostgreSQL when its holder dies:
 *   S  start lock (below): held by the process that looks for a server and starts one.
 *   P  postmaster.pid and shared memory, PostgreSQL's own: at most one server on a cluster, whatever we do.
 *   M  member lock (membership.ts), inside the server: shared by members, exclusive for the one that stops it.
 * Every process repeats: join; if there is no server, take S and, holding it, join or start; else wait briefly.
 *
 *   two start at once              one gets S and starts; the others fail to take S, wait, and join.
 *   killed during initdb           S is free; no folder has the cluster's name yet; the next one starts over.
 *   killed after initdb            the rename is the last step, so the cluster is complete; the next one starts it.
 *   killed while the server starts S is free; the server continues; the next one finds postmaster.pid and waits.
 *   ... before postmaster.pid is   the next one starts a second server; P lets one survive; the process whose child
 *       written                    ended because of P retries and joins the other.
 *   others join and leave before   the last of them stops the server: its process exits normally, and the process
 *       the one that started it    that started it retries.
 *   start while the last stops     M is exclusive or the server answers "shutting down": the newcomer waits until
 *                                  it is disconnected; then S; then P makes it retry until the old server has ended.
 *   join before the last tries     M is shared, so the last is not alone and does not stop the server.
 *   two leave at once              each releases M before it tries for it alone: exactly one stops the server.
 *   killed while stopping          M is free, or the signal was sent: the newcomer joins, or is cut off and starts.
 *   killed while serving           M ends with the session. The server keeps running without members, until the next
 *                                  one joins and leaves. (No watcher: it could be killed just as well.)
 *   server and all killed          PostgreSQL recovers; a process id that was reused since is recognised.
 *   server killed under members    they notice the end of their session and retry: one starts it again.
 */

/** A member's view of the running server. */
export type EmbeddedServer = {
  /** For node-postgres: `host` is the folder of a Unix socket, whatever PG… variables say. There is no TCP port. */
  readonly connection: { host: string; port: number; user: string; database: string; ssl: false };
  /** The real path of the data directory. */
  readonly dataDirectory: string;
  /** True if this process started the server, false if it joined a running one. */
  readonly started: boolean;
  /** Leaves the server; the last member stops it. Close your connections first. Idempotent. */
  release(): Promise<void>;
};

export type EmbeddedServerOptions = {
  /** The data folder; created if it does not exist. */
  dataDirectory: string;
  /** Receives progress messages, one line each. */
  log?: (line: string) => void;
};

/** The constants of one membership. */
type ServerContext = {
  dataDirectory: string;
  cluster: string;
  logPath: string;
  host: string;
  user: ServerUser;
  installed: InstalledBinaries;
  log: (line: string) => void;
};

/** Maximum wait for a server that others start or stop, in milliseconds: crash recovery can take minutes. */
const MAX_WAIT = 300_000;
const POLL_INTERVAL = 20;

/**
 * Starts the embedded PostgreSQL server on a data directory, or joins the one that is running on it.
 * @throws EmbeddedServerError
 */
export async function acquireEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const installed = await findBinaries();
  const user = await chooseServerUser();
  try {
    const dataDirectory = await prepareDataFolder(options.dataDirectory);
    const cluster = join(dataDirectory, "cluster");
    const { host, remove } = await prepareSocketFolder(cluster);
    const logPath = join(dataDirectory, "server.log");
    const log = options.log ?? (() => {});
    try {
      return await becomeMember({ dataDirectory, cluster, logPath, host, user, installed, log }, remove);
    } catch (error) {
      await remove();
      throw error;
    }
  } catch (error) {
    // All other errors of the file system: EACCES, EROFS, ENOSPC, ENOTDIR…
    if (error instanceof EmbeddedServerError || !(error instanceof Error && "syscall" in error)) throw error;
    throw dataFolderError(options.dataDirectory, error);
  }
}

async function becomeMember(context: ServerContext, cleanUp: () => Promise<void>): Promise<EmbeddedServer> {
  let leaving: Promise<void> | undefined;
  const first = await joinOrStart(context);
  let current = Promise.resolve<Membership | undefined>(first.membership);

  // A server that crashed soon accepts members again; one that was killed must be started again.
  const reenterWhenLost = (membership: Membership): void => {
    membership.ended.then(() => {
      if (leaving !== undefined) return;
      context.log("lost the embedded PostgreSQL server; reconnecting");
      current = joinOrStart(context, () => leaving === undefined).then(
        (entered) => {
          context.log("reconnected to the embedded PostgreSQL server");
          reenterWhenLost(entered.membership);
          return entered.membership;
        },
        (error: Error) => {
          context.log(error.message);
          return undefined;
        },
      );
    });
  };
  reenterWhenLost(first.membership);

  const leave = async (): Promise<void> => {
    try {
      const membership = await current;
      await membership?.leave(() => stop(context));
    } finally {
      await cleanUp();
    }
  };
  return {
    connection: { host: context.host, port: PORT, user: SUPERUSER, database: DATABASE, ssl: false },
    dataDirectory: context.dataDirectory,
    started: first.started,
    release: () => {
      leaving ??= leave();
      return leaving;
    },
  };
}

async function stop(context: ServerContext): Promise<void> {
  const stopped = await stopPostmaster(context.cluster);
  context.log(
    stopped ? "stopped the embedded PostgreSQL server" : "left the embedded PostgreSQL server running",
  );
}

type JoinResult = { membership: Membership; started: boolean };

async function joinOrStart(context: ServerContext, shouldContinue = () => true): Promise<JoinResult> {
  const limit = performance.now() + MAX_WAIT;
  let waiting = false;
  while (performance.now() < limit && shouldContinue()) {
    await inspectCluster(context.cluster, context.user, context.installed.major);
    const joined = await tryJoin(context.host);
    if (isMembership(joined)) return { membership: joined, started: false };
    if (joined === "absent") {
      const lock = await tryStartLock(context.dataDirectory);
      try {
        const entered = lock && (await joinOrStartLocked(context));
        if (entered !== undefined) return entered;
        if (lock === undefined && !waiting) {
          context.log("waiting for another process that is starting the server");
          waiting = true;
        }
      } finally {
        await lock?.release();
      }
    }
    await delay(POLL_INTERVAL);
  }
  throw new EmbeddedServerError(
    "start-timeout",
    `Another process has been starting or stopping the embedded server in ${context.dataDirectory} for ${MAX_WAIT / 60_000} minutes. See ${context.logPath}, stop that process, and try again.`,
  );
}

/** Call with the start lock held. Undefined if another process's server is starting or stopping: retry then. */
async function joinOrStartLocked(context: ServerContext): Promise<JoinResult | undefined> {
  const { cluster, user, installed } = context;
  const joined = await tryJoin(context.host);
  if (isMembership(joined)) return { membership: joined, started: false };
  if (joined === "busy") return undefined;
  const pid = await recordedPid(cluster);
  if (pid !== undefined && (await isPostmaster(pid, cluster))) return undefined;

  const { initdb, postgres } = await prepareBinaries(
    installed,
    await binaryFolders(context.dataDirectory, user),
  );
  if (!(await inspectCluster(cluster, user, installed.major))) {
    context.log(`creating a PostgreSQL cluster in ${cluster}`);
    await createCluster(cluster, initdb, user);
  }
  await removeStaleLocks(cluster);
  const postmaster = await spawnPostmaster(postgres, cluster, user, context.logPath);
  context.log(`starting PostgreSQL ${installed.major} in ${cluster}`);
  for (;;) {
    const ended = postmaster.ended();
    const membership = await tryJoin(context.host);
    if (isMembership(membership)) {
      context.log("PostgreSQL accepts connections");
      return { membership, started: (await recordedPid(cluster)) === postmaster.pid };
    }
    if (ended?.isShutdown) return undefined;
    if (ended !== undefined) return explainFailedStart(context, ended.how, postmaster.logStart);
    await delay(POLL_INTERVAL);
  }
}

/** PostgreSQL's messages if an earlier server, or what is left of it, has not ended yet. */
const PREVIOUS_SERVER_EXISTS =
  /lock file ".*" (?:already exists|is empty)|bogus data in lock file|pre-existing shared memory block/;

async function explainFailedStart(
  context: ServerContext,
  ended: string,
  logStart: number,
): Promise<undefined> {
  const tail = await logTail(context.logPath, logStart);
  if (PREVIOUS_SERVER_EXISTS.test(tail)) return undefined;
  throw new EmbeddedServerError(
    "start-failed",
    `The embedded PostgreSQL server ${ended}. The end of its log, ${context.logPath}:\n${tail}\nFix this error and try again, or set DATABASE_URL to a PostgreSQL server.`,
  );
}

function isMembership(joined: Membership | NotJoined): joined is Membership {
  return typeof joined !== "string";
}

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

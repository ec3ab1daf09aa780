import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { type FileHandle, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { PROGRAM_ENVIRONMENT, pathForServer, spawnErrorText } from "./cluster.ts";
import { PORT } from "./data-folder.ts";
import { errorCode } from "./errors.ts";
import { type ServerUser, spawnAs } from "./server-user.ts";

/** A server that this process is starting. */
type StartingPostmaster = {
  pid: number | undefined;
  /** Where its own lines begin in the log, in bytes. */
  logStart: number;
  /** How it ended, once it has; `isShutdown` if it shut down normally, on request. */
  ended(): { how: string; isShutdown: boolean } | undefined;
};

/**
 * Starts the server process without waiting for it.
 *
 * It gets its own session: Ctrl-C in a terminal signals the entire foreground process group, and the server must
 * outlive the application's last queries. It only listens in its working directory, the cluster.
 */
export async function spawnPostmaster(
  postgres: string,
  cluster: string,
  user: ServerUser,
  logPath: string,
): Promise<StartingPostmaster> {
  const settings = {
    listen_addresses: "",
    unix_socket_directories: ".",
    unix_socket_permissions: "0700",
    port: String(PORT),
    cluster_name: await clusterName(cluster),
  };
  const parameters = ["-D", await pathForServer(cluster, user)];
  for (const [name, value] of Object.entries(settings)) parameters.push("-c", `${name}=${value}`);
  const log = await openLog(logPath);
  const logStart = (await log.stat()).size;
  let ended: { how: string; isShutdown: boolean } | undefined;
  try {
    const child = spawn(postgres, parameters, {
      cwd: cluster,
      detached: true,
      env: PROGRAM_ENVIRONMENT,
      stdio: ["ignore", log.fd, log.fd],
      ...spawnAs(user),
    });
    child.unref();
    once(child, "exit").then(
      ([status, signal]) => {
        const how = signal ? `was ended by ${signal}` : `ended with status ${status}`;
        ended = { how, isShutdown: status === 0 };
      },
      (error: Error) => {
        ended = { how: spawnErrorText(error), isShutdown: false };
      },
    );
    return { pid: child.pid, logStart, ended: () => ended };
  } finally {
    await log.close();
  }
}

/** The process id in the cluster's postmaster.pid, alive or not; undefined if it cannot be read. */
export async function recordedPid(cluster: string): Promise<number | undefined> {
  const owner = await lockOwner(join(cluster, "postmaster.pid"));
  return typeof owner === "number" ? owner : undefined;
}

/** Linux allows no larger process id, and no other system comes near. */
const MAX_PID = 2 ** 22;

/**
 * The owner of a PostgreSQL lock file, by its first line: a process id, or `standalone` if started by hand.
 * `unreadable`: empty, truncated or overwritten, for example by a full disk or a crash.
 */
async function lockOwner(path: string): Promise<number | "standalone" | "unreadable" | undefined> {
  let text: string;
  try {
    text = await readFile(path, "latin1");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
  const line = text.split("\n", 1)[0]?.trim() ?? "";
  if (/^-[0-9]+$/.test(line)) return "standalone";
  const pid = /^[0-9]+$/.test(line) ? Number(line) : 0;
  return pid > 0 && pid <= MAX_PID ? pid : "unreadable";
}

/**
 * Whether a process is the server of this cluster. Its command line identifies the cluster by device and inode: a
 * process id alone may have been reused, as happens in containers at every start.
 */
export async function isPostmaster(pid: number, cluster: string): Promise<boolean> {
  const name = await clusterName(cluster);
  return (await commandLine(pid))
    .split("\0")
    .some((word) => word.split(" ").includes(`cluster_name=${name}`));
}

/** Milliseconds within which a server that has created its lock file fills it. */
const LOCK_WRITE_TIME = 1_000;

/**
 * Removes lock files of a dead server that would keep PostgreSQL from starting: those whose process id now belongs to
 * an unrelated process, or cannot be read. PostgreSQL handles all other stale files itself.
 *
 * An unreadable file says nothing about its server, so it is removed only if no process of this cluster is running.
 * Call with the start lock held.
 */
export async function removeStaleLocks(cluster: string): Promise<void> {
  for (const name of ["postmaster.pid", `.s.PGSQL.${PORT}.lock`]) {
    const path = join(cluster, name);
    if (await isStaleLock(path, cluster)) await rm(path, { force: true });
  }
}

async function isStaleLock(path: string, cluster: string): Promise<boolean> {
  const owner = await lockOwner(path);
  if (typeof owner === "number") return !(await isPostmaster(owner, cluster)) && isAlive(owner);
  if (owner !== "unreadable") return false;
  await delay(LOCK_WRITE_TIME);
  return (await lockOwner(path)) === "unreadable" && !(await hasProcesses(cluster));
}

/** Whether a server of this cluster, or one of its sessions, is running on this machine. */
async function hasProcesses(cluster: string): Promise<boolean> {
  // The name is a parameter in the server's command line, and part of the title of each of its processes.
  const name = new RegExp(`${await clusterName(cluster)}(?![0-9])`);
  return (await commandLines()).some((line) => name.test(line));
}

/**
 * Stops the server: rolls back open transactions, writes a checkpoint, and waits until the process is gone. If that
 * takes more than ten seconds, requests an immediate shutdown, and the next start needs a recovery.
 * @returns false if the process is not visible from here (another container) or does not end
 */
export async function stopPostmaster(cluster: string): Promise<boolean> {
  const pid = await recordedPid(cluster);
  if (pid === undefined || !(await isPostmaster(pid, cluster))) return false;
  for (const signal of ["SIGINT", "SIGQUIT"] as const) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (errorCode(error) !== "ESRCH") throw error;
    }
    const limit = performance.now() + 10_000;
    while (performance.now() < limit) {
      // Not kill(pid, 0): it also finds a zombie, which is never reaped in a container without an init.
      if (!(await isPostmaster(pid, cluster))) return true;
      await delay(20);
    }
  }
  return false;
}

async function clusterName(cluster: string): Promise<string> {
  const { dev, ino } = await stat(cluster, { bigint: true });
  return `pith-graph-${dev}-${ino}`;
}

async function commandLine(pid: number): Promise<string> {
  try {
    if (process.platform === "linux") return await readFile(`/proc/${pid}/cmdline`, "utf8");
    return (await promisify(execFile)("ps", ["-ww", "-o", "args=", "-p", String(pid)])).stdout;
  } catch {
    return ""; // No such process.
  }
}

/** Command lines of all processes on this machine. */
async function commandLines(): Promise<string[]> {
  if (process.platform !== "linux") {
    return (await promisify(execFile)("ps", ["-axww", "-o", "args="], { maxBuffer: 2 ** 26 })).stdout.split(
      "\n",
    );
  }
  const pids = (await readdir("/proc")).filter((name) => /^[0-9]+$/.test(name));
  return Promise.all(pids.map((pid) => commandLine(Number(pid))));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
}

/** Maximum size in bytes: a larger log is rotated when the server starts. One old log is kept. */
const MAX_LOG_BYTES = 1_000_000;

/** Opens the server's log for appending and rotates it: at most two files of about a megabyte. */
export async function openLog(path: string): Promise<FileHandle> {
  if ((await logSize(path)) > MAX_LOG_BYTES) await rename(path, `${path}.old`);
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

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { explainNotRun, PROGRAM_ENVIRONMENT, pathForServer } from "./cluster.ts";
import { errorCode } from "./errors.ts";
import { openLog } from "./log-file.ts";
import { type ServerUser, spawnAs } from "./server-user.ts";
import { PORT } from "./socket-path.ts";

/** A server of ours that is starting. */
export type StartingPostmaster = {
  pid: number | undefined;
  /** Where in the log its own lines begin, in bytes. */
  logStart: number;
  /** How it ended, once it has; `asked`: in order, because somebody told it to. */
  ended(): { how: string; asked: boolean } | undefined;
};

/**
 * Starts the server process and does not wait for it.
 *
 * It gets a session of its own: Ctrl-C in a terminal signals the whole foreground process group, and the server
 * must outlive the application's last queries. It listens in its working directory, the cluster, and nowhere else.
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
  let ended: { how: string; asked: boolean } | undefined;
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
        ended = { how, asked: status === 0 };
      },
      (error: Error) => {
        ended = { how: explainNotRun(error), asked: false };
      },
    );
    return { pid: child.pid, logStart, ended: () => ended };
  } finally {
    await log.close();
  }
}

/** The process id in the cluster's postmaster.pid, alive or not. */
export async function recordedPid(cluster: string): Promise<number | undefined> {
  try {
    const pid = Number((await readFile(join(cluster, "postmaster.pid"), "utf8")).split("\n")[0]);
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * Whether a process is the server of this cluster. Told by its command line, which names the cluster by device and
 * inode: a process id alone may have been given to another process since, as happens in containers at every start.
 */
export async function isPostmaster(pid: number, cluster: string): Promise<boolean> {
  const name = await clusterName(cluster);
  return (await commandLine(pid)).includes(`cluster_name=${name}`);
}

/**
 * Removes the lock files of a server that is gone where their process id now belongs to an unrelated process:
 * PostgreSQL would take that for a running server. All other stale files it judges well itself.
 * Call with the start lock held.
 */
export async function discardMistakenLocks(cluster: string): Promise<void> {
  const pid = await recordedPid(cluster);
  if (pid === undefined || (await isPostmaster(pid, cluster)) || !isAlive(pid)) return;
  await rm(join(cluster, "postmaster.pid"), { force: true });
  await rm(join(cluster, `.s.PGSQL.${PORT}.lock`), { force: true });
}

/**
 * Stops the server: rolls back what is open, writes a checkpoint, and waits until the process is gone; one that
 * takes longer than ten seconds is told to drop everything, which costs it a recovery at the next start.
 * @returns false where it cannot be seen from here (another container) or does not end
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
      // Not kill(pid, 0): it also finds a zombie, which nobody may ever collect in a container without an init.
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

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
}

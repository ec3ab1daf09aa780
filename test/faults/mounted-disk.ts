import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A small disk in memory that a test can fill. */
export type SmallDisk = {
  readonly path: string;
  /** Uses all free space but `left` bytes. */
  fill(left: number): void;
  free(): number;
  /** Frees that space. */
  relieve(): void;
  remove(): void;
};

/** Mounts a disk, or returns the reason why that is impossible here. */
export function mountSmallDisk(megabytes: number): SmallDisk | string {
  if (process.platform !== "linux") return "a tmpfs is mounted on Linux only";
  // Users of CI machines may use sudo without a password; on other machines it is not used.
  const asRoot = process.getuid?.() === 0 ? [] : process.env["CI"] === undefined ? undefined : ["sudo", "-n"];
  if (asRoot === undefined) return "only root may mount a tmpfs";
  const path = mkdtempSync(join(tmpdir(), "pith-graph-disk-"));
  const run = (...words: string[]) => {
    const [program = "", ...args] = [...asRoot, ...words];
    execFileSync(program, args, { stdio: "pipe" });
  };
  try {
    run("mount", "-t", "tmpfs", "-o", `size=${megabytes}m,mode=0777`, "tmpfs", path);
  } catch (error) {
    rmSync(path, { recursive: true });
    return `a tmpfs cannot be mounted: ${(error as Error).message.trim()}`;
  }
  chmodSync(path, 0o755);
  const ballast = join(path, "ballast");
  const free = () => {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  };
  return {
    path,
    fill: (left) => writeFileSync(ballast, Buffer.alloc(Math.max(0, free() - left))),
    free,
    relieve: () => rmSync(ballast, { force: true }),
    remove: () => {
      run("umount", path);
      rmSync(path, { recursive: true, force: true });
    },
  };
}

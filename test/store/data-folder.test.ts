import { chmod, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { prepareDataFolder } from "../../src/embedded-postgres/data-folder.ts";
import { makeFolder } from "../../src/runtime/make-folder.ts";
import { runCli } from "../cli/run-cli.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pith-graph-data-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("creates the data folder with its parents, and leaves it empty", async () => {
  const path = join(folder, "a", "b", "c");
  expect(await prepareDataFolder(path)).toBe(path);
  expect(await readdir(path)).toEqual([]);
  expect(await prepareDataFolder(path)).toBe(path);
});

test("creates one folder 20 times concurrently without an error", async () => {
  const path = join(folder, "many", "at", "once");
  await Promise.all(Array.from({ length: 20 }, () => makeFolder(path)));
  expect((await stat(path)).isDirectory()).toBe(true);
});

describe("rejects as data folder, with the reason and the variable to set,", () => {
  const rejectionOf = (path: string) =>
    prepareDataFolder(path).then(
      () => "accepted",
      (error: Error) => error.message,
    );

  test.runIf(process.platform === "linux").each([
    ["/proc/x", "allows no new folders"],
    ["/proc/x/y/z", "allows no new folders"],
    ["/proc/self", /allows no new folders|permission denied/],
    ["/sys/x", /allows no new folders|permission denied|read-only/],
    ["/dev/null", "is a file"],
    ["/dev/null/x", "is a file"],
  ])("%s", async (path, reason) => {
    const message = await rejectionOf(path);
    expect(message).toContain(`Can't use the data folder ${path}: `);
    expect(message).toMatch(reason);
    expect(message).toContain("Set PITH_GRAPH_DATA");
  });

  test("a file, a path below a file, a name that is too long, and a loop of symbolic links", async () => {
    const file = join(folder, "file");
    await writeFile(file, "");
    expect(await rejectionOf(file)).toContain("is a file");
    expect(await rejectionOf(join(file, "x"))).toContain("is a file");
    expect(await rejectionOf(join(folder, "x".repeat(300)))).toContain("its name is too long");
    await symlink(join(folder, "circle"), join(folder, "circle"));
    expect(await rejectionOf(join(folder, "circle"))).toContain("form a loop");
  });

  test.skipIf(process.getuid?.() === 0)("a folder that this user may not write to", async () => {
    const path = join(folder, "read-only");
    await mkdir(path);
    await chmod(path, 0o500);
    expect(await rejectionOf(path)).toContain("permission denied");
    expect(await rejectionOf(join(path, "x"))).toContain("permission denied");
  });
});

test.runIf(process.platform === "linux")(
  "start and ingest exit with status 3 and one line for a data folder in /proc",
  async () => {
    for (const command of [["start"], ["ingest", "sample/forks.ndjson"]]) {
      const env = { PITH_GRAPH_DATA: "/proc/x", PORT: "0" };
      const { status, stderr } = await runCli(command, { env });
      expect(status, command.join(" ")).toBe(3);
      expect(stderr).toContain(
        "error: Can't use the data folder /proc/x: its file system allows no new folders",
      );
    }
  },
);

import { chmod, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { prepareDataFolder } from "../../src/store/embedded/data-folder.ts";
import { makeFolder } from "../../src/store/make-folder.ts";
import { runCli } from "../cli/run-cli.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pith-graph-data-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("makes the folder and those above it, and leaves nothing else in it", async () => {
  const path = join(folder, "a", "b", "c");
  expect(await prepareDataFolder(path)).toBe(path);
  expect(await readdir(path)).toEqual([]);
  expect(await prepareDataFolder(path)).toBe(path);
});

test("several makers of one folder at once all succeed", async () => {
  const path = join(folder, "many", "at", "once");
  await Promise.all(Array.from({ length: 20 }, () => makeFolder(path)));
  expect((await stat(path)).isDirectory()).toBe(true);
});

describe("refuses in plain words", () => {
  const refusal = (path: string) =>
    prepareDataFolder(path).then(
      () => "accepted",
      (error: Error) => error.message,
    );

  test.runIf(process.platform === "linux").each([
    ["/proc/x", "takes no folders"],
    ["/proc/x/y/z", "takes no folders"],
    ["/proc/self", /takes no folders|may not write/],
    ["/sys/x", /takes no folders|may not write|read-only/],
    ["/dev/null", "is a file"],
    ["/dev/null/x", "is a file"],
  ])("%s", async (path, reason) => {
    const message = await refusal(path);
    expect(message).toContain(`Can't use the data folder ${path}: `);
    expect(message).toMatch(reason);
    expect(message).toContain("Set PITH_GRAPH_DATA");
  });

  test("a file, what is below it, a name that is too long, and links in a circle", async () => {
    const file = join(folder, "file");
    await writeFile(file, "");
    expect(await refusal(file)).toContain("is a file");
    expect(await refusal(join(file, "x"))).toContain("is a file");
    expect(await refusal(join(folder, "x".repeat(300)))).toContain("its name is too long");
    await symlink(join(folder, "circle"), join(folder, "circle"));
    expect(await refusal(join(folder, "circle"))).toContain("form a loop");
  });

  test.skipIf(process.getuid?.() === 0)("a folder that this user may only read", async () => {
    const path = join(folder, "read-only");
    await mkdir(path);
    await chmod(path, 0o500);
    expect(await refusal(path)).toContain("permission denied");
    expect(await refusal(join(path, "x"))).toContain("permission denied");
  });
});

test.runIf(process.platform === "linux")("a command ends with status 3 and one line", async () => {
  for (const command of [["start"], ["ingest", "sample/forks.ndjson"]]) {
    const env = { PITH_GRAPH_DATA: "/proc/x", PORT: "0" };
    const { status, stderr } = await runCli(command, { env });
    expect(status, command.join(" ")).toBe(3);
    expect(stderr).toContain(
      "error: Can't use the data folder /proc/x: its file system allows no new folders",
    );
  }
});

import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { runCli } from "../cli/run-cli.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { csvRows } from "./csv-rows.ts";
import { arxivIdOf, fill, hostileTitles } from "./library.ts";

let database: TestDatabase;
let folder: string;
let env: Record<string, string>;

beforeAll(async () => {
  database = await createTestDatabase();
  await fill(database);
  folder = await mkdtemp(join(tmpdir(), "pith-graph-export-"));
  const { rows } = await database.pool.query<{ name: string }>("SELECT current_database() AS name");
  const server = inject("postgres");
  const name = rows[0]?.name ?? "";
  const url =
    typeof server === "string"
      ? server.replace(/\/[^/]*$/, `/${name}`)
      : `postgres://${server.user}@/${name}?host=${encodeURIComponent(String(server.host))}&port=${server.port}`;
  env = { DATABASE_URL: url };
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

test("a table goes to standard output, what is said of it elsewhere", async () => {
  const { status, stdout, stderr } = await runCli(["export", "table", "papers", "--format", "csv"], { env });
  expect(status).toBe(0);
  expect(csvRows(stdout)).toHaveLength(hostileTitles.length);
  expect(stderr).toBe(`papers.csv: ${hostileTitles.length} rows, ${Buffer.byteLength(stdout)} bytes\n`);
});

test("VOSviewer's two files are named after one", async () => {
  const output = join(folder, "around");
  const args = ["export", "graph", arxivIdOf(1), "--format", "vosviewer", "--output", output, "--quiet"];
  expect(await runCli(args, { env })).toEqual({ status: 0, stdout: "", stderr: "" });
  expect((await readdir(folder)).sort()).toEqual(["around-map.txt", "around-network.txt"]);
  expect(await readFile(`${output}-network.txt`, "utf8")).toMatch(/^\d+\t\d+\t1\n/);
});

test("a dump of all formats, and none into a folder that is in use", async () => {
  const dump = join(folder, "dump");
  const made = await runCli(["export", "dump", dump, "--format", "all"], { env });
  expect(made.status).toBe(0);
  expect(await readdir(dump)).toHaveLength(6 * 3 + 4 + 3 + 1);
  expect(made.stderr).toMatch(/is whole: the set \d+-\d+-[0-9a-f]{12}, checksum [0-9a-f]{64}\.\n$/);
  const again = await runCli(["export", "dump", dump], { env });
  expect(again).toMatchObject({ status: 1, stderr: expect.stringContaining("is not empty") });
});

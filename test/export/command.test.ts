import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { runCli, spawnCli } from "../cli/run-cli.ts";
import { runInProcess } from "../cli/run-in-process.ts";
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

test("export table writes the table to standard output, and its size to standard error", async () => {
  const { status, stdout, stderr } = await runCli(["export", "table", "papers", "--format", "csv"], { env });
  expect(status).toBe(0);
  expect(csvRows(stdout)).toHaveLength(hostileTitles.length);
  expect(stderr).toBe(`papers.csv: ${hostileTitles.length} rows, ${Buffer.byteLength(stdout)} bytes\n`);
});

/** @input I29, I30 */
test("export table escapes formulas in CSV unless --raw is given, and begins with a byte order mark for --bom", async () => {
  const table = async (...options: string[]) =>
    (await runInProcess(["export", "table", "papers", "--format", "csv", "--quiet", ...options], env)).stdout;
  const safe = await table();
  expect(safe).toContain(`"'=HYPERLINK(`);
  expect(await table("--raw")).toContain(`"=HYPERLINK(`);
  expect(await table("--bom")).toBe(`\ufeff${safe}`);
});

test("export bibliography keeps the order of its arguments, and exits 1 for a version that is not stored", async () => {
  const args = ["export", "bibliography", "--quiet", arxivIdOf(1), '10.1000/a"b;c,d', arxivIdOf(0)];
  const { status, stdout } = await runInProcess(args, env);
  expect([status, stdout.match(/(?<=^@misc\{).*(?=,)/gm)]).toEqual([
    0,
    ["sons2019data", "doi-10.1000-a-b-c-d", "sons2020quotes"],
  ]);
  expect(await runInProcess(["export", "bibliography", `${arxivIdOf(1)}v7`], env)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining(`${arxivIdOf(1)}v7`),
  });
});

test.each([
  ["papers", "pith-graph export table papers"],
  ["2302.12192", 'pith-graph export document "2302.12192"'],
  ["hep-th/9711200", 'pith-graph export document "hep-th/9711200"'],
])("export %s names the command with its kind", async (word, next) => {
  const { status, stdout, stderr } = await runInProcess(["export", word], env);
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr.split("\n")).toEqual([
    `error: Unknown kind of export ${JSON.stringify(word)}. The kinds are document, table, dump, graph and bibliography.`,
    `Next: ${next}`,
    "",
  ]);
});

test("export graph --format vosviewer derives two file names from --output", async () => {
  const output = join(folder, "around");
  const args = ["export", "graph", arxivIdOf(1), "--format", "vosviewer", "--output", output, "--quiet"];
  expect(await runInProcess(args, env)).toEqual({ status: 0, stdout: "", stderr: "" });
  expect((await readdir(folder)).sort()).toEqual(["around-map.txt", "around-network.txt"]);
  expect(await readFile(`${output}-network.txt`, "utf8")).toMatch(/^\d+\t\d+\t1\n/);
});

test.each([
  ["export table", () => ["export", "table", "papers", "--output", join(folder, "nowhere", "papers.csv")]],
  ["export table to a folder", () => ["export", "table", "papers", "--output", folder]],
  ["export dump below a file", () => ["export", "dump", join("package.json", "dump")]],
  ["backup", () => ["backup", join(folder, "nowhere", "papers.csv")]],
])("%s exits 2 without a stack trace if its output cannot be written", async (_command, argumentsOf) => {
  const { status, stdout, stderr } = await runInProcess(argumentsOf(), env);
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr).toContain("Can't write ");
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(await readdir(dirname(folder))).not.toContain(`${basename(folder)}.part`);
});

test("an export exits 0 when its reader stops, and a backup exits 3", async () => {
  const closed = async (args: string[]) => {
    const child = spawnCli(args, env);
    let stderr = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.stdout?.destroy();
    const [status] = await once(child, "close");
    return [status, stderr];
  };
  expect(await closed(["export", "table", "papers", "--quiet"])).toEqual([0, ""]);
  expect(await closed(["backup", "-"])).toEqual([
    3,
    "error: Standard output was closed before the backup was complete.\n",
  ]);
});

test("export dump writes all formats, and exits 1 for a folder that is not empty", async () => {
  const dump = join(folder, "dump");
  const made = await runInProcess(["export", "dump", dump, "--format", "all"], env);
  expect(made.status).toBe(0);
  expect(await readdir(dump)).toHaveLength(7 * 3 + 4 + 3 + 1);
  expect(made.stderr).toMatch(/: data set \d+-\d+-[0-9a-f]{12}, checksum [0-9a-f]{64}\.\n$/);
  const again = await runInProcess(["export", "dump", dump], env);
  expect(again).toMatchObject({ status: 1, stderr: expect.stringContaining("is not empty") });
});

import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type App, createApp } from "../../src/server/index.ts";
import { runInProcess } from "../cli/run-in-process.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { type Listening, listen } from "../mirror/mirrors.ts";
import { databaseUrl } from "../server-connection.ts";
import { arxivIdOf, fill } from "./library.ts";

const token = "a-token-of-forty-three-characters-or-more-so";

let database: TestDatabase;
let folder: string;
let app: App;
let server: Listening;
let env: Record<string, string>;

beforeAll(async () => {
  database = await createTestDatabase();
  await fill(database);
  folder = await mkdtemp(join(tmpdir(), "pith-graph-download-"));
  const sha256 = createHash("sha256").update(token).digest();
  app = createApp({ database, exports: { isPublic: false, tokens: [{ name: "ada", sha256 }] } });
  server = await listen(app.handle);
  env = { DATABASE_URL: databaseUrl(database.connection), PITH_GRAPH_BEARER_TOKEN: token };
});
afterAll(async () => {
  await server.close();
  await app.close();
  await database.drop();
  await rm(folder, { recursive: true });
});

test.each([
  ["table", "papers", "--format", "csv", "--bom"],
  ["table", "claims", "--format", "csv", "--raw"],
  ["graph", arxivIdOf(1), arxivIdOf(3), "--depth", "2", "--direction", "references"],
  ["graph", "--format", "pajek"],
  ["bibliography", arxivIdOf(3), '10.1000/a"b;c,d', arxivIdOf(1), "--format", "ris"],
  ["bibliography", "--category", "gr-qc", "--format", "csl-json"],
])("export %s %s … --url writes the bytes that the server's own database gives", async (...args) => {
  const here = await runInProcess(["export", ...args, "--quiet"], env);
  expect(here).toMatchObject({ status: 0, stderr: "" });
  expect(await runInProcess(["export", ...args, "--quiet", "--url", server.url], env)).toEqual(here);
});

test("export --url writes files, and reports their size", async () => {
  const output = join(folder, "around");
  const args = ["export", "graph", arxivIdOf(1), "--format", "vosviewer", "--url", server.url];
  const { status, stdout, stderr } = await runInProcess([...args, "--output", output], env);
  expect([status, stdout]).toEqual([0, ""]);
  expect((await readdir(folder)).sort()).toEqual(["around-map.txt", "around-network.txt"]);
  const bytes = (await readFile(`${output}-map.txt`)).length;
  expect(stderr).toContain(`vosviewer-map.txt: ${bytes} bytes\n`);
});

test.each([
  ["without a token", ["table", "papers"], { PITH_GRAPH_BEARER_TOKEN: "" }, 3, "Exports need a token"],
  ["a paper that is unknown", ["bibliography", "9999.99999"], {}, 1, "(NOT_FOUND)"],
  ["more works than a server exports", ["graph", "--maximum-works", "100001"], {}, 2, "(BAD_USER_INPUT)"],
])("export --url prints the server's error: %s", async (_, args, environment, status, message) => {
  const output = join(folder, "none");
  const result = await runInProcess(["export", ...args, "--output", output, "--url", server.url], {
    ...env,
    ...environment,
  });
  expect(result).toMatchObject({ status, stdout: "", stderr: expect.stringContaining(message) });
  expect(await readdir(folder)).not.toContain("none");
});

test("export --url exits 3 and leaves no file if the answer is cut off", async () => {
  const broken = await listen((_, response) => {
    response.write("pith_number\n", () => response.destroy());
  });
  const output = join(folder, "part.csv");
  const args = ["export", "table", "papers", "--format", "csv", "--output", output, "--url", broken.url];
  const { status, stderr } = await runInProcess(args, env);
  await broken.close();
  expect([status, stderr]).toEqual([3, expect.stringContaining("Can't fetch ")]);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(await readdir(folder)).not.toContain("part.csv");
});

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ServedDatabase, serveDatabase } from "../../scripts/serve-database.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { csvRows } from "../export/csv-rows.ts";
import { arxivIdOf, fill, hostileTitles } from "../export/library.ts";
import { databaseUrl } from "../server-connection.ts";
import { runInProcess } from "./run-in-process.ts";

let database: TestDatabase;
let served: ServedDatabase;
let env: Record<string, string>;

beforeAll(async () => {
  database = await createTestDatabase();
  await fill(database);
  served = await serveDatabase(database);
  env = { DATABASE_URL: databaseUrl(database.connection) };
});
afterAll(async () => {
  await served.close();
  await database.drop();
});

type Answer = {
  readonly papers?: { readonly nodes: unknown[] };
  readonly paper?: { readonly claims: { nodes: unknown[] }; readonly references: { nodes: unknown[] } };
  readonly search?: { readonly edges: unknown[] };
};

const json = async (...args: string[]) => {
  const { status, stdout } = await runInProcess([...args, "--json"], env);
  return { status, data: JSON.parse(stdout) };
};

test("prints counts, graph version and last change, the same over the database and over HTTP", async () => {
  const here = await runInProcess(["status"], env);
  expect(here).toMatchObject({ status: 0, stderr: "" });
  expect(here.stdout).toMatch(new RegExp(`^Papers +${hostileTitles.length}$`, "m"));
  expect(here.stdout).toMatch(/^Last change +\d{4}-\d\d-\d\dT[\d:.]+Z$/m);
  expect(here.stdout).toMatch(/^Graph version +\S+$/m);
  const { data } = await json("status");
  const { rows } = await database.pool.query("SELECT max(received_at) AS last FROM events");
  expect(new Date(data.events.nodes[0].receivedAt)).toEqual(rows[0].last);
  const there = await runInProcess(["status", "--url", served.origin, "--json"]);
  expect(JSON.parse(there.stdout).status).toMatchObject({ papers: data.status.papers });
});

test("names no last change if nothing is stored", async () => {
  const empty = await createTestDatabase();
  try {
    const { stdout } = await runInProcess(["status"], { DATABASE_URL: databaseUrl(empty.connection) });
    expect(stdout).toMatch(/^Papers +0$/m);
    expect(stdout).toMatch(/^Last change +none$/m);
  } finally {
    await empty.drop();
  }
});

test.each([
  [["--category", "gr-qc"], "primary_category = 'gr-qc'"],
  [["--category", "gr-qc", "--category", "math-ph"], "'math-ph' = ANY(cross_categories)"],
  [["--category", "none"], "false"],
  [["--year-from", "2018"], "submitted_year >= 2018"],
  [["--year-from", "2017", "--year-to", "2018"], "submitted_year IN (2017, 2018)"],
  [["--title", "=hyperlink("], "title ILIKE '%=hyperlink(%'"],
  [["--min-cited-by", "1"], "cited_by_count >= 1"],
  [["--proof", "signed"], "proof = 'signed'"],
  [["--proof", "hash"], "proof = 'hash'"],
])("papers %j lists the papers that match", async (filter, condition) => {
  const { rows } = await database.pool.query(
    `SELECT pith_number FROM analytics.papers WHERE ${condition} ORDER BY pith_number COLLATE "C"`,
  );
  const { data, status } = await json("papers", "--limit", "1000", ...filter);
  expect(data.papers.totalCount).toBe(rows.length);
  expect(data.papers.nodes.map((paper: { pithNumber: string }) => paper.pithNumber).sort()).toEqual(
    rows.map((row) => row.pith_number),
  );
  expect(status).toBe(rows.length === 0 ? 1 : 0);
});

test("papers orders by submission or citations, and reads further pages up to the limit", async () => {
  const column = async (name: string, ...args: string[]) => {
    const { stdout } = await runInProcess(["papers", "--format", "csv", "--limit", "1000", ...args], env);
    return csvRows(stdout).map((row) => row[name] ?? "");
  };
  const newest = await column("submitted_at");
  expect(newest).toEqual([...newest].sort().reverse());
  expect(await column("submitted_at", "--order", "oldest")).toEqual([...newest].sort());
  const cited = (await column("cited_by", "--order", "most-cited")).map(Number);
  expect(cited[0]).toBeGreaterThan(0);
  expect(cited).toEqual([...cited].sort((a, b) => b - a));
  expect((await column("cited_by", "--order", "least-cited")).map(Number)).toEqual([...cited].reverse());
});

test("papers prints a table with a header, and what --limit leaves out", async () => {
  const { stdout } = await runInProcess(["papers", "--limit", "2"], env);
  const lines = stdout.trimEnd().split("\n");
  expect(lines[0]).toMatch(/^ID +Submitted +Category +Cited by +Proof +Title$/);
  expect(lines).toHaveLength(5);
  expect(lines[4]).toBe(`${hostileTitles.length} papers, 2 shown: --limit shows more`);
  const csv = await runInProcess(["papers", "--limit", "2", "--format", "csv"], env);
  expect(csv.stderr).toBe(`2 of ${hostileTitles.length} rows: --limit prints more.\n`);
});

test("CSV has the cells that an exported table has", async () => {
  const exported = await runInProcess(["papers", "--limit", "1000", "--format", "csv"], env);
  const { rows } = await database.pool.query<{ title: string }>("SELECT title FROM papers");
  const titles = csvRows(exported.stdout).map(({ title }) => title);
  expect(titles).toHaveLength(rows.length);
  expect(titles).toContain(`'${rows.find(({ title }) => title.startsWith("=HYPERLINK"))?.title}`);
  for (const title of titles) expect(title).not.toMatch(/^[=+@]/);
});

test.each([
  ["papers", ["papers", "--limit", "1000"], ({ papers }: Answer) => papers?.nodes],
  ["claims", ["claims", arxivIdOf(1)], ({ paper }: Answer) => paper?.claims.nodes],
  ["refs", ["refs", arxivIdOf(1)], ({ paper }: Answer) => paper?.references.nodes],
  ["search", ["search", "script"], ({ search }: Answer) => search?.edges],
] as const)("%s prints the same rows as CSV, TSV and JSON", async (_, args, nodesOf) => {
  const printed: string[] = [];
  for (const format of ["--format=csv", "--format=tsv", "--format=json", "--json"]) {
    const { status, stdout, stderr } = await runInProcess([...args, format, "--url", served.origin]);
    expect([status, stderr]).toEqual([0, ""]);
    printed.push(stdout);
  }
  const [csv = "", tsv = "", asJson = "", short] = printed;
  expect(asJson).toBe(short);
  const rows = csvRows(csv);
  expect(rows.length).toBeGreaterThan(0);
  expect(nodesOf(JSON.parse(asJson) as Answer)).toHaveLength(rows.length);
  const names = Object.keys(rows[0] ?? {});
  const oneLine = (text: string | null | undefined) => (text ?? "").replace(/[\s\p{Cc}]+/gu, " ");
  expect(tsv.trimEnd().split("\n")).toEqual([
    names.join("\t"),
    ...rows.map((row) => names.map((name) => oneLine(row[name])).join("\t")),
  ]);
});

test("a server's answer of another shape runs in no spreadsheet", async () => {
  const paper = {
    pithNumber: "pith:1",
    shortPithNumber: ["=1+1"],
    title: "a\tb\n=1",
    authors: ["=cmd|' /C calc'!A0"],
    source: { kind: "x", identifier: "y", version: ["=1+1"] },
    submittedAt: "2020",
    primaryCategory: null,
    work: { citedByCount: "=2" },
    verification: { proof: "@x", signer: null },
  };
  const page = { totalCount: 1, nodes: [paper], pageInfo: { hasNextPage: false, endCursor: null } };
  const server = createServer((_, response) => response.end(JSON.stringify({ data: { papers: page } })));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { stdout } = await runInProcess(["papers", "--format", "tsv", "--url", url]);
  expect(stdout.split("\n")[1]?.split("\t")).toEqual([
    ...["pith:1", "x:y", "'=1+1", "2020", "", "'=2", "'@x", "", "", "a b '=1", "'=cmd|' /C calc'!A0"],
  ]);
  await new Promise((resolve) => server.close(resolve));
});

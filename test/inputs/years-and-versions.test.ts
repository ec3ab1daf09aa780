import { afterAll, beforeAll, expect, test } from "vitest";
import { yearOfArxivId } from "../../src/protocol/index.ts";
import { type Client, createClient } from "../api/client.ts";
import { runCli } from "../cli/run-cli.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { bundleOfPaper, snapshotEvent } from "../ingest/bundles.ts";
import { ingestDocuments } from "../ingest/ingest-documents.ts";
import { databaseUrl } from "../server-connection.ts";

let database: TestDatabase;
let client: Client;

const references = [
  { cited_arxiv_id: "2204.05862", year: 2005, title: "Stated wrongly" },
  { cited_arxiv_id: "1909.10480", year: 2019, title: "Stated rightly" },
  { cited_arxiv_id: "2112.00861", title: "Not stated" },
  { cited_arxiv_id: "hep-th/9711200", year: 2022 },
  { cited_arxiv_id: "2213.00001", year: 2022, title: "No month" },
  { doi: "10.1000/a", year: 2005, title: "Without an arXiv id" },
  { doi: "10.1000/b", year: "2006", title: "Stated as a text" },
  { doi: "10.1000/c", year: 9999, title: "Stated as 9999" },
  { doi: "10.1000/d", year: 20, title: "Stated as 20" },
  { doi: "10.1000/e", year: "2005a", title: "Stated with a letter" },
  { doi: "10.1000/f", year: "(2004).", title: "Stated in brackets" },
  { doi: "10.1000/g", year: 20222, title: "Stated with a digit too many" },
  { doi: "10.1000/h", year: "in press", title: "Stated in words" },
  { doi: "10.1000/i", year: 0, title: "Stated as zero" },
  { doi: "10.1000/j", year: "20222", title: "Stated as a text with a digit too many" },
];

beforeAll(async () => {
  database = await createTestDatabase();
  client = createClient(database);
  await ingestDocuments(database, [
    bundleOfPaper({ arxivId: "2302.12192" }, (paper) => [
      snapshotEvent(paper, { paper: { title: "Citing" }, references }),
    ]),
  ]);
});
afterAll(() => database.drop());

/** @input I37 */
test.each([
  ["2204.05862", 2022],
  ["0704.0001", 2007],
  ["9912.00001", 2099],
  ["hep-th/9711200", 1997],
  ["math/0309136", 2003],
  ["hep-th/9108001", 1991],
  ["2213.00001", null],
  ["0703.0001", null],
  ["math/5001001", null],
])("yearOfArxivId of %s is %s", (id, year) => {
  expect(yearOfArxivId(id)).toBe(year);
});

/** @input I37 */
test.each([
  ["2204.05862", 2022, 2005],
  ["1909.10480", 2019, null],
  ["2112.00861", 2021, null],
  ["hep-th/9711200", 1997, null],
  ["2213.00001", 2022, null],
  ["10.1000/a", 2005, null],
  ["10.1000/b", 2006, null],
  ["10.1000/c", null, null],
  ["10.1000/d", null, null],
  ["10.1000/e", 2005, null],
  ["10.1000/f", 2004, null],
  ["10.1000/g", null, null],
  ["10.1000/h", null, null],
  ["10.1000/i", null, null],
  ["10.1000/j", null, null],
  ["2302.12192", 2023, null],
])("the work %s has year %s and statedYear %s", async (ref, year, statedYear) => {
  const source = "query ($ref: String!) { work(ref: $ref) { year statedYear } }";
  expect(await client.ask(source, { ref })).toEqual({ work: { year, statedYear } });
});

/** @input I37 */
test("filters by year use the year of the identifier", async () => {
  const source =
    "{ topWorks(by: CITED_BY_COUNT, first: 50, filter: { yearFrom: 2021, yearTo: 2022, stored: false }) { nodes { work { arxivId } } } }";
  const answer = JSON.stringify(await client.ask(source));
  const found = ["2204.05862", "2112.00861", "2213.00001", "1909.10480", "hep-th/9711200"];
  expect(found.map((id) => answer.includes(`"${id}"`))).toEqual([true, true, true, false, false]);
});

/** @input I37 */
test("a stored paper without a title determines the year of its work, beside statedYear", async () => {
  await ingestDocuments(database, [
    bundleOfPaper({ arxivId: "2204.05862", submittedAt: "2024-05-01T00:00:00Z" }),
  ]);
  const source = '{ work(ref: "2204.05862") { title year statedYear paper { submittedAt } } }';
  expect(await client.ask(source)).toEqual({
    work: {
      title: "Stated wrongly",
      year: 2024,
      statedYear: 2005,
      paper: { submittedAt: "2024-05-01T00:00:00.000000Z" },
    },
  });
});

/** @input I35 */
test("a version that is not stored is null, and the command line names the stored versions", async () => {
  const source = "query ($ref: String!) { paper(ref: $ref) { title } work(ref: $ref) { arxivId } }";
  const ref = "arXiv:2302.12192v7";
  for (const each of [ref, "https://arxiv.org/abs/2302.12192v2", "10.48550/arXiv.2302.12192v10"]) {
    expect(await client.ask(source, { ref: each })).toEqual({ paper: null, work: { arxivId: "2302.12192" } });
  }
  const env = { DATABASE_URL: databaseUrl(database.connection) };
  for (const command of ["paper", "claims"]) {
    const { status, stdout, stderr } = await runCli([command, ref], { env });
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain(`"${ref}" is not stored. Stored versions: v1.`);
    expect(stderr).toContain('pith-graph paper "2302.12192v1"');
  }
});

/** @input I37 */
test("the command line shows the year that a reference states if it differs", async () => {
  const { stdout } = await runCli(["paper", "1909.10480"], {
    env: { DATABASE_URL: databaseUrl(database.connection) },
  });
  expect(stdout).toMatch(/Year +2019$/m);
  await ingestDocuments(database, [
    bundleOfPaper({ arxivId: "2302.00009" }, (paper) => [
      snapshotEvent(paper, { references: [{ cited_arxiv_id: "2208.01618", year: 2001, title: "Another" }] }),
    ]),
  ]);
  const other = await runCli(["paper", "2208.01618"], {
    env: { DATABASE_URL: databaseUrl(database.connection) },
  });
  expect(other.stdout).toMatch(/Year +2022 \(a reference states 2001\)$/m);
});

import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { schema } from "../../src/api/schema.ts";
import { copyCitations } from "../../src/store/distribute.ts";
import { distributions } from "../../src/store/table-layout.ts";
import { createClient } from "../api/client.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { bundleOfPaper, snapshotEvent } from "../ingest/bundles.ts";
import { ingestDocuments, sampleDocuments, sampleKeyring } from "../ingest/ingest-documents.ts";
import { recordStatements, type Statement } from "../ingest/recorded-statements.ts";
import { allowances } from "./allowances.ts";
import { queriesAbout } from "./queries.ts";
import { brokenRules, tablesOf } from "./statement-rules.ts";

let database: TestDatabase;
let statements: Statement[];
/** The number of statements that the ingest sent. */
let ingestStatements: number;

/** Papers, of which a second snapshot moves works to other identifiers, and a third has no references. */
const moving = [1, 2, 3].map((version) =>
  Array.from({ length: 3 }, (_, nth) =>
    // Paper 0 is followed by other versions of its work.
    bundleOfPaper({ arxivId: `2301.${20_000 + nth}`, version: nth === 0 ? version : 1 }, (paper) => [
      snapshotEvent(paper, {
        created_at: `2026-06-1${version}T00:00:00Z`,
        references: Array.from({ length: version === 3 ? 0 : 3 }, (_, index) => ({
          doi: `10.1000/${nth + index}`,
          work_id: `work-${nth + index}`,
          cited_arxiv_id: version === 2 && index === 0 ? `2301.${10_000 + nth}` : "",
          title: `Title ${index}`,
          is_internal_anchor: false,
        })),
      }),
    ]),
  ),
);

beforeAll(async () => {
  database = await createTestDatabase();
  // So that the statements are those of a distributed installation.
  await copyCitations(database);
  statements = recordStatements(database.pool);
  await ingestDocuments(database, sampleDocuments(40), { keyring: sampleKeyring });
  for (const documents of moving) await ingestDocuments(database, documents);
  ingestStatements = statements.length;
  // The client computes the graph in SQL, too.
  const client = createClient(database);
  const { topWorks } = await client.ask<{ topWorks: { nodes: { work: { arxivId: string } }[] } }>(
    "{ topWorks(by: CITED_BY_COUNT, first: 1) { nodes { work { arxivId } } } }",
  );
  for (const query of queriesAbout(topWorks.nodes[0]?.work.arxivId ?? "")) await client.ask(query);
});
afterAll(() => database.drop());

describe("statements of the ingest and the API", () => {
  it("use all distributed tables", () => {
    const named = new Set(statements.flatMap(({ text }) => tablesOf(text)));
    const distributed = Object.entries(distributions).filter(([, { kind }]) => kind !== "local");
    for (const [table] of distributed) if (table !== "settings") expect(named, table).toContain(table);
    expect(ingestStatements).toBeGreaterThan(50);
    expect(statements.length - ingestStatements).toBeGreaterThan(50);
  });

  it("are recorded for every root field of the API", () => {
    const queries = queriesAbout("").join(" ");
    for (const name of Object.keys(schema.getQueryType()?.getFields() ?? {})) {
      expect(queries).toMatch(new RegExp(`\\b${name}\\b`));
    }
  });

  it("break no rule of Citus except those that allowances.ts lists", () => {
    const unused = new Set(allowances);
    const broken = new Set<string>();
    for (const { text } of statements) {
      for (const rule of brokenRules(text)) {
        const allowed = allowances.filter(
          ({ rules, statement }) => rules.includes(rule) && statement.test(text),
        );
        if (allowed.length === 0) broken.add(`${rule}: ${text}`);
        for (const each of allowed) unused.delete(each);
      }
    }
    expect([...broken]).toEqual([]);
    // The list has no entry that is no longer needed.
    expect([...unused].map(({ name }) => name)).toEqual([]);
  });

  it("break the rules that docs/scaling.md lists", () => {
    const page = readFileSync(new URL("../../docs/scaling.md", import.meta.url), "utf8");
    const rows = [...page.matchAll(/^\| ([^|]+) \| (all shards|rows moved) \| ([^|]+) \|$/gm)];
    expect(rows.map(([, name, consequence, reason]) => [name, consequence, reason])).toEqual(
      allowances.map(({ name, consequence, reason }) => [name, consequence, reason]),
    );
  });
});

describe("brokenRules", () => {
  it.each([
    ["WITH RECURSIVE r AS (SELECT 1) SELECT * FROM r", ["a recursive query"]],
    ["SELECT * FROM papers", ["no distribution key"]],
    ["SELECT * FROM papers WHERE paper_id = ANY($1)", []],
    ["SELECT 'FROM papers' AS text", []],
    [
      "SELECT * FROM papers JOIN works USING (work_id) WHERE paper_id = 1",
      ["a join of several groups", "no distribution key", "tables of several groups"],
    ],
    [
      "SELECT * FROM papers WHERE paper_id = 1 AND work_id IN (SELECT work_id FROM works)",
      ["tables of several groups"],
    ],
    [
      'select * from "papers" where "paper_id" = $1 and exists (select 1 from "works" where "work_id" = "papers"."work_id")',
      ["EXISTS over several groups", "tables of several groups"],
    ],
    [
      "SELECT * FROM unnest($1) AS id CROSS JOIN LATERAL (SELECT * FROM claims WHERE paper_id = id AND kind = ANY($2) LIMIT 1) AS c",
      ["LATERAL with LIMIT or OFFSET"],
    ],
    ["SELECT * FROM claims JOIN papers USING (paper_id) WHERE paper_id = 1", []],
    ["SELECT * FROM events JOIN signers USING (fingerprint) WHERE paper_id = $1", []],
    ["INSERT INTO works (work_id) VALUES ((SELECT 1))", ["VALUES with a subquery"]],
    [
      "INSERT INTO papers (paper_id) VALUES (1) ON CONFLICT (paper_id) DO UPDATE SET changed_at = now()",
      ["now() in a DO UPDATE"],
    ],
    [
      "UPDATE works SET year = new.year FROM unnest($1::bigint[]) AS new (work_id) WHERE works.work_id = new.work_id",
      ["changed rows as an array"],
    ],
    ["UPDATE works SET year = 1 FROM (VALUES ($1)) AS new (work_id) WHERE works.work_id = new.work_id", []],
    ["UPDATE works SET year = random() WHERE work_id = 1", ["a volatile function in an UPDATE"]],
    ["MERGE INTO settings USING signers ON true WHEN MATCHED THEN DO NOTHING", ["MERGE"]],
    [
      "SELECT * FROM works, (SELECT value FROM totals) AS t WHERE work_id = 1",
      ["local and distributed tables"],
    ],
  ] as const)("finds for %s the rules %j", (text, expected) => {
    expect(brokenRules(text)).toEqual(expected);
  });
});

import { parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  parseRowKey,
  readTable,
  type TableName,
  tableFile,
  tableNames,
  withSnapshot,
} from "../../src/export/index.ts";
import { readableText } from "../../src/text/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { csvRows } from "./csv-rows.ts";
import { exported, given } from "./exported.ts";
import { documents, fill, hostileTitles } from "./library.ts";

let database: TestDatabase;
let mirror: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  mirror = await createTestDatabase();
  await fill(database);
  // The same documents, ingested in another order.
  for (const document of documents.toReversed()) await fill(mirror, [document]);
});
afterAll(async () => {
  await database.drop();
  await mirror.drop();
});

type Row = Record<string, unknown>;

const rowsOf = (text: string): Row[] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Row);

/** A JSON value as a CSV cell. */
const cellOf = (value: unknown) =>
  value === null ? null : typeof value === "object" ? JSON.stringify(value) : String(value);

describe.each(tableNames)("the table %s", (name) => {
  test("has the rows of its view, sorted by key", async () => {
    const { text, rows } = await exported(database, tableFile(name, "ndjson"));
    const { rows: stored } = await database.pool.query<{ row: string }>(
      `SELECT row_to_json(t)::text AS row FROM analytics."${name}" AS t`,
    );
    expect(rows).toBe(stored.length);
    expect(rows).toBeGreaterThan(4);
    const written = rowsOf(text);
    const withoutInstants = (list: Row[]) =>
      list.map((row) => JSON.stringify({ ...row, submitted_at: null })).sort();
    expect(withoutInstants(written)).toEqual(
      withoutInstants(stored.map(({ row }) => JSON.parse(row) as Row)),
    );
    const { key } = await withSnapshot(database, ({ client }) => readTable(client, name));
    const keys = written.map((row) =>
      key.map((column) => String(row[column]).padStart(4, "0")).join("\u0000"),
    );
    expect(keys).toEqual([...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
    expect(new Set(keys).size).toBe(keys.length);
  });

  test("has the same rows as NDJSON, CSV and Parquet", async () => {
    const json = rowsOf((await exported(database, tableFile(name, "ndjson"))).text);
    const csv = await exported(database, tableFile(name, "csv", { raw: true }));
    expect(csvRows(csv.text)).toEqual(
      json.map((row) =>
        Object.fromEntries(Object.entries(row).map(([column, value]) => [column, cellOf(value)])),
      ),
    );
    const parquet = await exported(database, tableFile(name, "parquet"));
    expect([csv.rows, parquet.rows]).toEqual([json.length, json.length]);
    const file = new Uint8Array(parquet.bytes).buffer;
    const read = await parquetReadObjects({ file });
    const asJson = (value: unknown) =>
      value instanceof Date ? value.toISOString().slice(0, 23) : (value ?? null);
    expect(
      read.map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, asJson(value)]))),
    ).toEqual(
      json.map((row) =>
        "submitted_at" in row ? { ...row, submitted_at: String(row["submitted_at"]).slice(0, 23) } : row,
      ),
    );
  });

  test.each(["ndjson", "csv", "parquet"] as const)(
    "has the same bytes as %s on every mirror",
    async (format) => {
      const [first, again, elsewhere] = await Promise.all(
        [database, database, mirror].map((which) => exported(which, tableFile(name, format))),
      );
      expect(again?.bytes.equals(given(first).bytes)).toBe(true);
      expect(elsewhere?.bytes.equals(given(first).bytes)).toBe(true);
    },
  );

  test("continues after any of its rows", async () => {
    const table = await withSnapshot(database, ({ client }) => readTable(client, name));
    const complete = await exported(database, tableFile(name, "ndjson"));
    const lines = complete.text.trimEnd().split("\n");
    const completeCsv = (await exported(database, tableFile(name, "csv"))).text;
    for (const index of [0, Math.floor(lines.length / 2), lines.length - 1]) {
      const row = JSON.parse(given(lines[index])) as Row;
      const after = given(parseRowKey(table, JSON.stringify(table.key.map((column) => row[column]))));
      const rest = await exported(database, tableFile(name, "ndjson", { after }));
      expect(rest.text).toBe(
        lines
          .slice(index + 1)
          .map((line) => `${line}\n`)
          .join(""),
      );
      const restCsv = await exported(database, tableFile(name, "csv", { after }));
      expect(completeCsv.endsWith(restCsv.text)).toBe(true);
      expect(restCsv.rows).toBe(lines.length - 1 - index);
    }
  });
});

test("raw CSV has texts as they are stored", async () => {
  const papers = csvRows((await exported(database, tableFile("papers", "csv", { raw: true }))).text);
  const titles = papers.map(({ title }) => title);
  expect(titles.sort()).toEqual(hostileTitles.map(readableText).sort());
  expect(papers.map(({ submitted_at }) => submitted_at)).toContain("2020-03-04T05:06:07.080000Z");
});

test("claims have their event with proof and signer, and verification has the checks of papers", async () => {
  const [claim] = rowsOf((await exported(database, tableFile("claims", "ndjson"))).text);
  const { rows } = await database.pool.query(
    `SELECT 'sha256:' || encode(e.event_id, 'hex') AS event_id, e.fingerprint AS signer_fingerprint, e.standing::text AS proof,
       s.signer_id, s.key_id AS signer_key_id
     FROM papers AS p JOIN events AS e ON e.paper_id = p.paper_id AND e.event_id = p.snapshot_event_id
       JOIN signers AS s USING (fingerprint) WHERE p.pith_number = $1`,
    [given(claim)["pith_number"]],
  );
  expect(rows).toHaveLength(1);
  expect(claim).toMatchObject(rows[0]);
  const [checks] = rowsOf((await exported(database, tableFile("verification", "ndjson"))).text);
  expect(checks).toMatchObject({ record_hash: "PASSED", title_binding: "PASSED", proof: "signed" });
});

test("reference_coverage counts asserted, known and held anchors separately", async () => {
  const { rows } = await database.pool.query(
    `SELECT references_asserted, references_known, internal_anchors_asserted, internal_anchors_known, internal_anchors_held, is_complete
     FROM analytics.reference_coverage WHERE pith_number = $1`,
    [given(documents[0]).pithNumber],
  );
  expect(rows).toEqual([
    {
      references_asserted: 9,
      references_known: 4,
      internal_anchors_asserted: 2,
      internal_anchors_known: 2,
      internal_anchors_held: 1,
      is_complete: false,
    },
  ]);
});

test("an empty table is a valid file without rows in every format", async () => {
  const empty = await createTestDatabase();
  const texts: [TableName, string][] = [];
  for (const name of tableNames) {
    const { bytes, rows } = await exported(empty, tableFile(name, "parquet"));
    expect(rows).toBe(0);
    expect(await parquetReadObjects({ file: new Uint8Array(bytes).buffer })).toEqual([]);
    texts.push([name, (await exported(empty, tableFile(name, "csv"))).text]);
    expect((await exported(empty, tableFile(name, "ndjson"))).text).toBe("");
  }
  expect(texts[4]).toEqual(["citations", "citing_work,cited_work,is_internal_anchor\n"]);
  await empty.drop();
});

test.each([
  "",
  "no json",
  "[]",
  '["pith:2020:X"]',
  '["pith:2020:X", "1"]',
  '["pith:2020:X", 1.5]',
  '["pith:2020:X", 4294967296]',
  '["\\u0000", 1]',
  '["\\ud800", 1]',
  '{"0":"a","1":1}',
])("parseRowKey returns null for the invalid claim key %j", async (text) => {
  const table = await withSnapshot(database, ({ client }) => readTable(client, "claims"));
  expect(parseRowKey(table, text)).toBeNull();
});

import { afterAll, beforeAll, expect, test } from "vitest";
import { insertRows } from "../../src/store/rows.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** Copies rows of `papers`' columns into a table without its constraints, and reads them as PostgreSQL prints them. */
async function copied(columns: readonly string[], rows: Parameters<typeof insertRows>[3]) {
  const client = await database.pool.connect();
  try {
    const list = columns.map((column) => `"${column}"`).join(", ");
    await client.query(`CREATE TEMP TABLE copied AS SELECT ${list} FROM papers`);
    await insertRows(client, "copied", columns, rows, "papers");
    const texts = columns.map((column) => `"${column}"::text`).join(", ");
    const read = await client.query<string[]>({ text: `SELECT ${texts} FROM copied`, rowMode: "array" });
    return read.rows;
  } finally {
    client.release(true);
  }
}

test("copies texts unchanged: empty, with control characters, escapes and other scripts, and of 1.2 MB", async () => {
  const texts = [
    "",
    "a\tb\nc\\d\r",
    "\\N",
    "é 水 🙂 \u2028",
    '{"json": "[\\"1\\"]"}',
    "x".repeat(70_000),
    "水".repeat(400_000),
  ];
  expect(
    await copied(
      ["title", "license"],
      texts.map((text) => [text, null]),
    ),
  ).toEqual(texts.map((text) => [text, null]));
});

test("copies integers up to the limits of int4 and int8", async () => {
  const rows = [
    [0n, 0],
    [2n ** 63n - 1n, 2 ** 31 - 1],
    [-(2n ** 63n), -(2 ** 31)],
    [12, -1],
    ["-34", null],
  ];
  expect(await copied(["paper_id", "claim_count"], rows)).toEqual(
    rows.map((row) => row.map((cell) => cell?.toString() ?? null)),
  );
});

test("copies bytea given as bytes or as hexadecimal text", async () => {
  expect(
    await copied(["canonical_sha256"], [["\\x00ff10"], [Uint8Array.of(0, 255, 16)], ["\\x"], [null]]),
  ).toEqual([["\\x00ff10"], ["\\x00ff10"], ["\\x"], [null]]);
});

test("copies arrays of texts unchanged, with quotes, braces and NULL as text", async () => {
  const arrays = [[], ["one"], ['a "b"', "c\\d", "{e,f}", "", "NULL", "水"]];
  const rows = await copied(
    ["cross_categories"],
    arrays.map((array) => [array]),
  );
  const read = await database.pool.query<{ texts: string[] }>(
    "SELECT a::text[] AS texts FROM unnest($1::text[]) WITH ORDINALITY AS t (a, n) ORDER BY n",
    [rows.map(([text]) => text)],
  );
  expect(read.rows.map(({ texts }) => texts)).toEqual(arrays);
});

test("copies instants to the microsecond, given in ISO's or PostgreSQL's format", async () => {
  const instants = [
    ["2023-02-23T17:34:53Z", "2023-02-23 17:34:53+00"],
    ["2023-02-23T17:34:53.000001Z", "2023-02-23 17:34:53.000001+00"],
    ["2023-02-23 17:34:53.5+00", "2023-02-23 17:34:53.5+00"],
    ["2023-02-23T17:34:53.123Z", "2023-02-23 17:34:53.123+00"],
    ["0001-01-01T00:00:00.000000Z", "0001-01-01 00:00:00+00"],
    ["1999-12-31T23:59:59.999999Z", "1999-12-31 23:59:59.999999+00"],
    ["9999-12-31T23:59:59.999999Z", "9999-12-31 23:59:59.999999+00"],
  ];
  // Each twice: the second is read from a cache.
  const twice = [...instants, ...instants];
  expect(
    await copied(
      ["submitted_at"],
      twice.map(([iso = ""]) => [iso]),
    ),
  ).toEqual(twice.map(([, printed]) => [printed]));
});

test("a row that cannot be written leaves no row behind, and the connection usable", async () => {
  const client = await database.pool.connect();
  try {
    await expect(
      insertRows(client, "papers", ["paper_id", "submitted_at"], [[1n, "yesterday"]]),
    ).rejects.toThrow("Not an instant in UTC: yesterday");
    await expect(insertRows(client, "papers", ["paper_id"], [[1n]])).rejects.toMatchObject({ code: "23502" });
    expect((await client.query("SELECT FROM papers")).rows).toEqual([]);
  } finally {
    client.release();
  }
});

test("throws for an unknown column before it sends anything", async () => {
  const client = await database.pool.connect();
  try {
    await expect(insertRows(client, "papers", ["paper_idd"], [[1n]])).rejects.toThrow("No column paper_idd");
    expect((await client.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
  } finally {
    client.release();
  }
});

import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { canonicalJson } from "../../src/protocol/index.ts";
import { aliasesText, readStoredAliases, type StoredAlias } from "../../src/store/stored-aliases.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";

let database: TestDatabase;

/** As it was before: a row an alias. */
const before = `
  ALTER TABLE records DROP COLUMN aliases;
  CREATE TABLE aliases (paper_id bigint, alias_sha256 bytea, let_in_at_hash boolean, alias text, is_current boolean,
    PRIMARY KEY (paper_id, alias_sha256, let_in_at_hash))`;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.pool.query(before);
});

afterAll(() => database.drop());

const createdAt = "2026-01-01T00:00:00Z";
const alias = (kind: string, value: string, isBrought: boolean, isCurrent: boolean): StoredAlias => ({
  kind,
  value,
  createdAt,
  isBrought,
  isCurrent,
});

test("aliases of an older version become one text, whatever characters they hold", async () => {
  // In the order of their texts by code point: U+FFFF before what takes two UTF-16 units.
  const aliases = [
    alias("arxiv", "2302.12192", false, true),
    alias("arxiv", "2302.12192", true, false),
    alias('x\u0000"\\y', "é\u0001\n", true, true),
    alias('x\u0000"\\y', "\uffff", true, false),
    alias('x\u0000"\\y', "\u{1f600}", false, true),
  ];
  await database.pool.query(
    "INSERT INTO records (paper_id, pith_number, state_sha256) VALUES (1, 'a', ''), (2, 'b', '')",
  );
  for (const [index, { kind, value, isBrought, isCurrent }] of aliases.toReversed().entries()) {
    const text = canonicalJson({ alias_kind: kind, alias_value: value, created_at: createdAt });
    await database.pool.query("INSERT INTO aliases VALUES (1, $1, $2, $3, $4)", [
      Buffer.from([index]),
      isBrought,
      text,
      isCurrent,
    ]);
  }
  const migration = readFileSync(
    new URL("../../drizzle/0004_aliases_of_records.sql", import.meta.url),
    "utf8",
  );
  for (const statement of migration.split("--> statement-breakpoint")) await database.pool.query(statement);

  const { rows } = await database.pool.query("SELECT aliases FROM records ORDER BY paper_id");
  expect(rows).toEqual([{ aliases: aliasesText(aliases) }, { aliases: "[]" }]);
  expect(readStoredAliases(aliasesText(aliases))).toEqual(aliases);
});

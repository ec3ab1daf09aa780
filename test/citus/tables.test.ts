import { afterAll, beforeAll, expect, it } from "vitest";
import { CitusMissingError, distributeStatements, distributeTables } from "../../src/store/distribute.ts";
import { distributions } from "../../src/store/table-layout.ts";
import { runCli } from "../cli/run-cli.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function names(query: string): Promise<string[]> {
  const { rows } = await database.pool.query<{ name: string }>(query);
  return rows.map(({ name }) => name).sort();
}

it("every table of the schema has a distribution", async () => {
  const tables = await names(
    "SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
  );
  expect(Object.keys(distributions).sort()).toEqual(tables);
});

it("every primary key and unique index of a distributed table has its distribution column", async () => {
  const { rows } = await database.pool.query<{ table: string; index: string; columns: string[] }>(
    `SELECT i.indrelid::regclass::text AS table, i.indexrelid::regclass::text AS index,
       ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = i.indrelid AND attnum = ANY(i.indkey)) AS columns
     FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
     WHERE i.indisunique AND c.relnamespace = 'public'::regnamespace`,
  );
  const seen = new Set<string>();
  for (const { table, index, columns } of rows) {
    const name = table.replaceAll('"', "");
    seen.add(name);
    const distribution = distributions[name];
    if (distribution?.kind === "distributed") expect(columns, index).toContain(distribution.column);
  }
  expect([...seen].sort()).toEqual(Object.keys(distributions).sort());
});

it("the distribution columns of a group have one type, and no default or generated values", async () => {
  const { rows } = await database.pool.query<{ table: string; column: string; type: string; made: boolean }>(
    `SELECT attrelid::regclass::text AS table, attname::text AS column, format_type(atttypid, atttypmod) AS type,
       attidentity <> '' OR attgenerated <> '' OR atthasdef AS made
     FROM pg_attribute JOIN pg_class ON oid = attrelid
     WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped`,
  );
  const types = new Map<string, Set<string>>();
  for (const [table, distribution] of Object.entries(distributions)) {
    if (distribution.kind !== "distributed") continue;
    const { column, group } = distribution;
    const found = rows.find((row) => row.table.replaceAll('"', "") === table && row.column === column);
    expect(found, `${table}.${column}`).toMatchObject({ made: false });
    types.set(group, (types.get(group) ?? new Set()).add(found?.type ?? ""));
  }
  for (const [group, of] of types) expect(of.size, group).toBe(1);
});

it("the schema has no foreign keys, triggers or sequences", async () => {
  const inPublic = "relnamespace = 'public'::regnamespace";
  expect(await names("SELECT conname AS name FROM pg_constraint WHERE contype = 'f'")).toEqual([]);
  expect(
    await names(
      `SELECT tgname AS name FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid WHERE NOT tgisinternal AND ${inPublic}`,
    ),
  ).toEqual([]);
  expect(await names(`SELECT relname AS name FROM pg_class WHERE relkind = 'S' AND ${inPublic}`)).toEqual([]);
});

it("distributeStatements creates a group's shards with its first table, and colocates the others", () => {
  const statements = distributeStatements({ shards: 32, graphShards: 8 });
  const of = (table: string) => statements.find((statement) => statement.table === table);
  expect(of("papers")).toMatchObject({ values: ['public."papers"', "paper_id", 32] });
  expect(of("references")).toEqual({
    table: "references",
    text: "SELECT create_distributed_table($1, $2, colocate_with => $3)",
    values: ['public."references"', "paper_id", 'public."papers"'],
  });
  expect(of("works")).toMatchObject({ values: ['public."works"', "work_id", 8] });
  expect(of("signers")).toMatchObject({ text: "SELECT create_reference_table($1)" });
  expect(of("submissions")).toBeUndefined();
  const distributed = Object.values(distributions).filter(({ kind }) => kind !== "local");
  expect(statements).toHaveLength(distributed.length);
});

it("distributeTables throws CitusMissingError on a server without Citus", async () => {
  const { rows } = await database.pool.query("SELECT FROM pg_available_extensions WHERE name = 'citus'");
  // A server of DATABASE_URL may have it.
  if (rows.length > 0) return;
  await expect(distributeTables(database, { shards: 32, graphShards: 8 })).rejects.toThrow(CitusMissingError);
});

it("distribute rejects --shards 0 with status 2 and the range 1 to 1024", async () => {
  const { status, stderr } = await runCli(["distribute", "--shards", "0"]);
  expect(status).toBe(2);
  expect(stderr).toContain("It must be a whole number from 1 to 1024.");
});

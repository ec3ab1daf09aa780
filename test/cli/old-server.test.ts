import { afterAll, beforeAll, expect, test } from "vitest";
import { createEmptyDatabase, type TestDatabase } from "../database.ts";
import { databaseUrl } from "../server-connection.ts";
import { runCli } from "./run-cli.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createEmptyDatabase();
});
afterAll(() => database.drop());

const env = () => ({ DATABASE_URL: databaseUrl(database.connection) });

type Finding = {
  readonly check: string;
  readonly result: string;
  readonly text: string;
  readonly advice?: string;
};

async function findings(): Promise<{ status: number | null; findings: Finding[] }> {
  const { stdout, status } = await runCli(["doctor", "--json"], { env: env() });
  return { status, findings: (JSON.parse(stdout) as { findings: Finding[] }).findings };
}

test("doctor finds nothing missing in a new database whose server has pg_trgm", async () => {
  const found = await findings();
  expect(found.findings.filter(({ check }) => check === "Search")).toEqual([]);
  expect(found.findings).toContainEqual(expect.objectContaining({ check: "Schema", text: "none yet" }));
});

test("every command exits with 3 and one line on PostgreSQL 15, and doctor reports it as wrong", async () => {
  // The test's server, made to report the version of PostgreSQL 15.20.
  await database.pool.query(
    `CREATE SCHEMA old;
     CREATE FUNCTION old.current_setting(name text) RETURNS text LANGUAGE sql
       AS $$ SELECT CASE name WHEN 'server_version_num' THEN '150020' ELSE pg_catalog.current_setting(name) END $$;
     DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = old, pg_catalog, public', current_database()); END $$`,
  );
  const text =
    "error: PostgreSQL 15.20 is too old: PostgreSQL 17 or newer is required. Upgrade it, or unset DATABASE_URL to use the embedded server.";
  const commands = [
    ["migrate"],
    ["migrate", "--check"],
    ["ingest", "sample/forks.ndjson"],
    ["worker"],
    ["serve", "--port", "0"],
    ["rebuild"],
    ["query", "{ status { papers } }"],
  ];
  const ends = await Promise.all(commands.map((args) => runCli(args, { env: env() })));
  for (const [index, { stderr, status }] of ends.entries()) {
    const command = commands[index]?.join(" ");
    expect(stderr.trim().split("\n").at(-1), command).toBe(text);
    expect(stderr, command).not.toContain("    at ");
    expect(status, command).toBe(3);
  }
  const found = await findings();
  expect(found.status).toBe(1);
  expect(found.findings).toContainEqual(
    expect.objectContaining({
      check: "Database",
      result: "wrong",
      text: expect.stringContaining("PostgreSQL 15.20"),
    }),
  );
  const { rows } = await database.pool.query("SELECT to_regclass('public.records') AS made");
  expect(rows).toEqual([{ made: null }]);
});

import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { scramVerifier } from "../../src/export/analyst.ts";
import { grantAnalyst, isRoleName, refreshAnalytics, removeAnalyst } from "../../src/export/index.ts";

import { rebuildTables } from "../../src/maintenance/index.ts";
import { createKeyring, registryKey } from "../../src/protocol/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { documents, fill } from "../export/library.ts";
import { registry } from "../protocol/signed-events.ts";

let database: TestDatabase;
const role = `analyst_of_tests_${process.pid}`;
const keyring = createKeyring([registry, registryKey]);

beforeAll(async () => {
  database = await createTestDatabase();
  await fill(database, documents.slice(0, 5));
});
afterAll(async () => {
  await removeAnalyst(database, role);
  await database.drop();
});

/** The columns of each table and view, in order. */
async function columnsOf(): Promise<Record<string, string>> {
  const { rows } = await database.pool.query<{ name: string; columns: string }>(
    `SELECT table_name AS name, string_agg(column_name || ' ' || data_type, ', ' ORDER BY ordinal_position) AS columns
     FROM information_schema.columns WHERE table_schema = 'analytics' GROUP BY 1 ORDER BY 1`,
  );
  return Object.fromEntries(rows.map(({ name, columns }) => [name, columns]));
}

test("the analytics views have their documented columns, in order", async () => {
  expect(await columnsOf()).toMatchSnapshot();
});

test("every analytics table, view and column has a comment", async () => {
  const { rows } = await database.pool.query<{ name: string; length: number }>(
    `SELECT c.relname || coalesce('.' || a.attname, '') AS name,
       coalesce(length(CASE WHEN a.attnum IS NULL THEN obj_description(c.oid, 'pg_class') ELSE col_description(c.oid, a.attnum) END), 0) AS length
     FROM pg_class AS c LEFT JOIN LATERAL (
       SELECT attname, attnum FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped
       UNION ALL SELECT NULL, NULL
     ) AS a ON true
     WHERE c.relnamespace = 'analytics'::regnamespace AND c.relkind IN ('r', 'v', 'm')`,
  );
  expect(rows.length).toBeGreaterThan(100);
  expect(rows.filter(({ length }) => length < 9)).toEqual([]);
});

describe("refreshAnalytics", () => {
  const materialized = ["anchor_rates", "field_anchors", "anchor_works"];
  const read = async (name: string) =>
    (
      await database.pool.query<{ row: string }>(
        `SELECT t::text AS row FROM analytics.${name} AS t ORDER BY 1`,
      )
    ).rows;

  test("computes the materialized views once for each version of the data, and records it", async () => {
    const { set, rows } = await refreshAnalytics(database, () => new Date("2026-01-02T03:04:05Z"));
    expect(Object.keys(rows ?? {}).sort()).toEqual([...materialized].sort());
    const { rows: refreshed } = await database.pool.query("SELECT * FROM analytics.refreshed");
    expect(refreshed).toEqual([
      expect.objectContaining({
        version: set.version,
        graph_position: set.graphVersion,
        refreshed_at: new Date("2026-01-02T03:04:05Z"),
      }),
    ]);
    expect((await refreshAnalytics(database)).rows).toBeNull();
  });

  test("computes the rates, fields and chains of the papers", async () => {
    const { rows: rates } = await database.pool.query<Record<string, unknown>>(
      "SELECT * FROM analytics.anchor_rates_by_category ORDER BY primary_category",
    );
    const { rows: counted } = await database.pool.query(
      `SELECT p.primary_category, count(*) AS papers, sum(c.internal_anchors_known) AS internal_anchors_known,
         sum(c.internal_anchors_held) AS internal_anchors_held,
         sum(c.internal_anchors_known) / sum(c.references_known)::float8 AS anchor_rate
       FROM analytics.papers AS p JOIN analytics.reference_coverage AS c USING (pith_number) GROUP BY 1 ORDER BY 1`,
    );
    expect(rates).toMatchObject(counted);
    const { rows: fields } = await database.pool.query(
      "SELECT * FROM analytics.field_anchors ORDER BY 1, 2, 3",
    );
    const { rows: anchors } = await database.pool.query(
      `SELECT primary_category, submitted_year, anchor_work AS work, count(DISTINCT pith_number)::int AS papers
       FROM analytics.anchors GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
    );
    expect(fields).toEqual(anchors);
    const { rows: chains } = await database.pool.query<{
      work: string;
      chain_length: number;
      next_in_chain: string | null;
    }>(
      "SELECT work, chain_length, next_in_chain FROM analytics.anchor_works ORDER BY chain_length DESC, work",
    );
    // Each paper is anchored in the next, five in all; the last in one that is not stored.
    expect(chains.slice(0, 5)).toEqual(
      [0, 1, 2, 3, 4].map((index) => ({
        work: `arxiv:2301.0000${index}`,
        chain_length: 5 - index,
        next_in_chain: `arxiv:2301.0000${index + 1}`,
      })),
    );
    const { rows: ranks } = await database.pool.query<{ sum: number }>(
      "SELECT sum(rank) FROM analytics.anchor_works",
    );
    expect(ranks[0]?.sum).toBeGreaterThan(0.3);
    expect(ranks[0]?.sum).toBeLessThanOrEqual(1.000001);
  });

  test("lists works that no other is anchored in as never_anchored", async () => {
    const never = async () =>
      (
        await database.pool.query<{ work: string }>("SELECT work FROM analytics.never_anchored ORDER BY 1")
      ).rows.map(({ work }) => work);
    expect(await never()).toEqual(["arxiv:2301.00000"]);
  });

  test("leaves the views intact across a rebuild, and recomputes the materialized ones", async () => {
    const before = await Promise.all(materialized.map(read));
    const views = await columnsOf();
    await fill(database, documents.slice(5));
    await database.pool.query("DELETE FROM papers WHERE source_id = '2301.00000'");
    expect((await read("papers")).length).toBe(5);
    await rebuildTables(database, { keyring });
    expect((await read("papers")).length).toBe(6);
    expect(await columnsOf()).toEqual(views);
    expect((await refreshAnalytics(database)).rows).not.toBeNull();
    expect(await Promise.all(materialized.map(read))).not.toEqual(before);
  });
});

describe("grantAnalyst", () => {
  const password = "a-password-of-tests";

  /** Runs a statement as the analyst, on a separate connection. */
  async function asAnalyst<Row extends object>(statement: string): Promise<Row[]> {
    const server = inject("postgres");
    const { rows: names } = await database.pool.query<{ name: string }>("SELECT current_database() AS name");
    const settings =
      typeof server === "string"
        ? { connectionString: server.replace(/\/[^/]*$/, `/${names[0]?.name}`), user: role, password }
        : { ...server, database: names[0]?.name, user: role, password };
    const client = new pg.Client(settings as pg.ClientConfig);
    await client.connect();
    try {
      return (await client.query<Row>(statement)).rows;
    } finally {
      await client.end();
    }
  }

  test("creates a role that can read the views and nothing else", async () => {
    expect(await grantAnalyst(database, { name: role, password, statementSeconds: 7 })).toEqual({
      isNew: true,
    });
    expect(await asAnalyst("SELECT count(*)::int AS papers FROM papers")).toEqual([{ papers: 6 }]);
    expect(await asAnalyst("SHOW statement_timeout")).toEqual([{ statement_timeout: "7s" }]);
    for (const statement of [
      "SELECT FROM public.papers",
      "SELECT FROM public.submissions",
      "SET transaction_read_only = off; DELETE FROM analytics.refreshed",
      "SET transaction_read_only = off; INSERT INTO analytics.refreshed VALUES ('x', 1, 1, 'x', now())",
      "SET transaction_read_only = off; CREATE TABLE public.mine (one int)",
      "SET transaction_read_only = off; CREATE VIEW analytics.mine AS SELECT 1",
      "SET transaction_read_only = off; CREATE ROLE another",
      "COPY (SELECT 1) TO PROGRAM 'true'",
      "SELECT pg_read_file('postgresql.conf')",
    ]) {
      await expect(asAnalyst(statement), statement).rejects.toMatchObject({ code: "42501" });
    }
    await expect(asAnalyst("CREATE TABLE public.mine (one int)")).rejects.toMatchObject({
      code: /25006|42501/,
    });
  });

  test("stores the password as the SCRAM verifier that PostgreSQL would compute", async () => {
    const { rows } = await database.pool.query<{ rolpassword: string }>(
      "SELECT rolpassword FROM pg_authid WHERE rolname = $1",
      [role],
    );
    const stored = rows[0]?.rolpassword ?? "";
    const salt = Buffer.from(/^SCRAM-SHA-256\$4096:([^$]+)\$/.exec(stored)?.[1] ?? "", "base64");
    expect(salt).toHaveLength(16);
    expect(scramVerifier(password, salt)).toBe(stored);
    // The same password, given to PostgreSQL in plain text.
    await database.pool.query(`ALTER ROLE ${role} PASSWORD '${password}'`);
    const own = await database.pool.query<{ rolpassword: string }>(
      "SELECT rolpassword FROM pg_authid WHERE rolname = $1",
      [role],
    );
    const computed = own.rows[0]?.rolpassword ?? "";
    const ownSalt = Buffer.from(/^SCRAM-SHA-256\$4096:([^$]+)\$/.exec(computed)?.[1] ?? "", "base64");
    expect(scramVerifier(password, ownSalt)).toBe(computed);
  });

  test("updates its own role, and rejects roles that it did not create", async () => {
    expect(await grantAnalyst(database, { name: role, password, statementSeconds: 9 })).toEqual({
      isNew: false,
    });
    const { rows } = await database.pool.query<{ name: string }>("SELECT current_user AS name");
    const name = rows[0]?.name ?? "";
    await expect(grantAnalyst(database, { name, password, statementSeconds: 9 })).rejects.toThrow(
      "did not create",
    );
    expect(await removeAnalyst(database, name)).toBe(false);
    expect(["ada", "a_1", "public", "pg_x", "1a", 'a"; DROP', ""].map(isRoleName)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});

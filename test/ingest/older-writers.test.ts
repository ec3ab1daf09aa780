import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { checkTables } from "../../src/ingest/index.ts";
import { ingestVerified } from "../../src/ingest/pipeline.ts";
import { runWorker } from "../../src/ingest/submissions/index.ts";
import { settleAnchors } from "../../src/ingest/write/anchors-left.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { keyring } from "../protocol/signed-events.ts";
import { randomFrom } from "./random.ts";
import { recordStatements, type Statement } from "./recorded-statements.ts";
import { clearTables } from "./tables.ts";
import { worldOf } from "./world.ts";
import { arrivalOf, batchesOf } from "./world-batches.ts";

/*
 * Writers of versions before migration 0010 go on beside those of this version: they change citations, list what they
 * changed in the feed, and know neither of the count of anchored works nor of how far it has come.
 */

let database: TestDatabase;
let statements: Statement[];

beforeAll(async () => {
  database = await createTestDatabase();
  statements = recordStatements(database.pool);
});

afterAll(() => database.drop());

beforeEach(() => clearTables(database));

type Batch = Parameters<typeof ingestVerified>[1];

/** Writes a batch as an older version does: what that does not write is as it was before. */
async function writeAsBefore(batch: Batch): Promise<void> {
  const { pool } = database;
  const counts = await countsOf("stored");
  const { rows } = await pool.query<{ value: string }>(
    "SELECT value FROM totals WHERE name = 'counted_graph_position'",
  );
  await ingestVerified(database, batch);
  await pool.query("UPDATE works SET anchored_work_count = 0");
  for (const [work, count] of counts) {
    await pool.query("UPDATE works SET anchored_work_count = $2 WHERE work_id = $1", [work, count]);
  }
  await pool.query("DELETE FROM totals WHERE name = 'counted_graph_position'");
  for (const { value } of rows) {
    await pool.query("INSERT INTO totals (name, value) VALUES ('counted_graph_position', $1)", [value]);
  }
}

/** How many works are anchored in each, where any is. */
async function countsOf(source: "stored" | "citations"): Promise<Map<string, number>> {
  const { rows } = await database.pool.query<{ id: string; count: number }>(
    source === "stored"
      ? "SELECT work_id AS id, anchored_work_count AS count FROM works WHERE anchored_work_count <> 0 ORDER BY 1"
      : `SELECT cited_work_id AS id, count(*)::int AS count FROM citations
         WHERE is_internal_anchor AND citing_work_id <> cited_work_id GROUP BY 1 ORDER BY 1`,
  );
  return new Map(rows.map(({ id, count }) => [id, count]));
}

async function areCounted(): Promise<boolean> {
  const [stored, counted] = await Promise.all([countsOf("stored"), countsOf("citations")]);
  return JSON.stringify([...stored]) === JSON.stringify([...counted]);
}

async function graphPosition(): Promise<string | undefined> {
  const { rows } = await database.pool.query<{ value: string }>(
    "SELECT value FROM totals WHERE name = 'graph_position'",
  );
  return rows[0]?.value;
}

const readsAllWorks = ({ text }: Statement) => text.startsWith("SELECT work_id FROM works WHERE work_id >");

describe("beside writers that do not count anchored works", () => {
  it("whoever next changes the graph counts what they left, and only that", async () => {
    let left = 0;
    for (let seed = 1; seed <= 6; seed++) {
      await clearTables(database);
      statements.length = 0;
      const random = randomFrom(seed);
      let position: string | undefined;
      for (const batch of batchesOf(seed)) {
        if (random.chance(0.5)) {
          await writeAsBefore(batch);
          if (!(await areCounted())) left++;
        } else {
          position = await graphPosition();
          await ingestVerified(database, batch);
          // A batch that leaves the graph as it was leaves the counts as well.
          if ((await graphPosition()) !== position) expect(await areCounted(), `seed ${seed}`).toBe(true);
        }
      }
      await settleAnchors(database);
      expect(await areCounted(), `seed ${seed}`).toBe(true);
      expect(statements.some(readsAllWorks)).toBe(false);
      expect((await checkTables(database, { keyring })).differences).toEqual([]);
    }
    expect(left).toBeGreaterThan(5);
  });

  it.each([
    ["dropped a part of the feed", "DELETE FROM graph_changes WHERE position = 1"],
    ["have all load the graph anew", "UPDATE graph_changes SET payload = NULL WHERE position = 2"],
    ["wrote more than is read", "UPDATE totals SET value = value + 1000 WHERE name = 'graph_position'"],
  ])("all works are counted where those %s", async (_, statement) => {
    for (const batch of batchesOf(3)) await writeAsBefore(batch);
    await database.pool.query(statement);
    expect(await areCounted()).toBe(false);
    statements.length = 0;
    await settleAnchors(database);
    expect(statements.some(readsAllWorks)).toBe(true);
    expect(await areCounted()).toBe(true);
    statements.length = 0;
    await settleAnchors(database);
    expect(statements).toHaveLength(1);
  });

  it("a worker counts what they left where it has nothing else to do", async () => {
    await writeAsBefore(worldOf(1).map(arrivalOf));
    expect(await areCounted()).toBe(false);
    const leaving = new AbortController();
    const working = runWorker(database, { keyring, signal: leaving.signal });
    await expect.poll(areCounted, { timeout: 20_000 }).toBe(true);
    leaving.abort();
    await working;
  });

  it.each(["bytes_until", "total_payload_bytes"])(
    "the feed's bytes go on where they gave no %s",
    async (column) => {
      const [first, ...others] = worldOf(4).map(arrivalOf);
      if (first !== undefined) await ingestVerified(database, [first]);
      await database.pool.query(`UPDATE graph_changes SET ${column} = NULL`);
      await ingestVerified(database, others);
      const { rows } = await database.pool.query(
        `SELECT sum(length(payload))::text AS bytes, max(bytes_until)::text AS one, max(total_payload_bytes)::text AS other
       FROM graph_changes`,
      );
      expect(rows[0]).toMatchObject({ one: rows[0].bytes, other: rows[0].bytes });
      expect(rows[0].bytes).toMatch(/^[1-9]/);
    },
  );

  it("a check finds nothing wrong with what they left", async () => {
    await writeAsBefore(worldOf(2).map(arrivalOf));
    expect(await areCounted()).toBe(false);
    expect((await checkTables(database, { keyring })).differences).toEqual([]);
    expect(await areCounted()).toBe(true);
  });
});

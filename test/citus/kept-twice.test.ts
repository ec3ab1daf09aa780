import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { graphQueryNames } from "../../src/graph/index.ts";
import { querySql } from "../../src/graph/sql-graph.ts";
import type { VerifiedDocument } from "../../src/ingest/index.ts";
import { ingestVerified } from "../../src/ingest/pipeline.ts";
import { checkTables, readBackup, rebuildTables, writeBackup } from "../../src/maintenance/index.ts";
import { copyCitations } from "../../src/store/distribute.ts";
import { citusLayout, singleLayout } from "../../src/store/table-layout.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { randomOf } from "../graph/random-graph.ts";
import { comparable, randomQuestion } from "../graph/random-question.ts";
import { recordStatements, type Statement } from "../ingest/recorded-statements.ts";
import { clearTables, readTables } from "../ingest/tables.ts";
import { batchesOf } from "../ingest/world-batches.ts";
import { keyring } from "../protocol/signed-events.ts";
import { brokenRules } from "./statement-rules.ts";

/* What differs in a distributed installation, tested on plain PostgreSQL. For Citus itself see cluster.test.ts. */

/** Not distributed. */
let plain: TestDatabase;
/** Distributed, but without Citus. */
let twice: TestDatabase;
let statements: Statement[];

beforeAll(async () => {
  plain = await createTestDatabase();
  twice = await createTestDatabase();
  statements = recordStatements(twice.pool);
});

afterAll(async () => {
  await plain.drop();
  await twice.drop();
});

beforeEach(() => Promise.all([reset(plain), reset(twice)]));

async function reset(database: TestDatabase): Promise<void> {
  await clearTables(database);
  await database.pool.query(
    `DELETE FROM settings;
     CREATE OR REPLACE VIEW citing_papers AS SELECT cited_work_id, submitted_at, paper_id FROM "references"`,
  );
}

async function write(
  database: TestDatabase,
  batches: readonly (readonly VerifiedDocument[])[],
): Promise<void> {
  for (const batch of batches) await ingestVerified(database, batch);
}

async function edgesOf({ pool }: TestDatabase, table: string): Promise<unknown[]> {
  const { rows } = await pool.query(
    `SELECT citing_work_id, cited_work_id, is_internal_anchor FROM ${table} ORDER BY 1, 2`,
  );
  return rows;
}

async function citersOf({ pool }: TestDatabase, from: string): Promise<unknown[]> {
  const { rows } = await pool.query(
    `SELECT DISTINCT cited_work_id, submitted_at, paper_id, citing_work_id FROM ${from} ORDER BY 1, 2, 3`,
  );
  return rows;
}

/** Both copies have the rows that follow from papers and references. */
async function expectCopies(database: TestDatabase, about: string): Promise<void> {
  expect(await edgesOf(database, "citations_by_citing"), about).toEqual(await edgesOf(database, "citations"));
  const citers = `(SELECT r.*, p.work_id AS citing_work_id FROM "references" r JOIN papers p USING (paper_id)) AS listed`;
  expect(await citersOf(database, "citations_by_cited"), about).toEqual(await citersOf(database, citers));
}

async function expectNoCopies({ pool }: TestDatabase): Promise<void> {
  const { rows } = await pool.query(
    "SELECT FROM citations_by_citing UNION ALL SELECT FROM citations_by_cited",
  );
  expect(rows).toEqual([]);
}

async function settingsOf({ pool }: TestDatabase): Promise<unknown[]> {
  return (await pool.query("SELECT name, value FROM settings")).rows;
}

const distributed = [{ name: "distributed", value: "yes" }];

/** The changes that the ingest sends as VALUES. */
const changed = [
  'DELETE FROM "citations_by_cited"',
  'DELETE FROM "citations_by_citing"',
  'INSERT INTO "citations_by_cited"',
  'INSERT INTO "citations_by_citing"',
  'INSERT INTO "papers"',
  'INSERT INTO "records"',
  'INSERT INTO "work_identifiers"',
  'INSERT INTO "works"',
  'UPDATE "events"',
  'UPDATE "references"',
];

describe("an ingest of random histories", () => {
  test("results in one server's tables, with all citations twice, and in the same answers of the graph in SQL", async () => {
    let edges = 0;
    for (let seed = 1; seed <= 3; seed++) {
      await Promise.all([reset(plain), reset(twice)]);
      const batches = batchesOf(seed);
      await copyCitations(twice);
      await write(plain, batches);
      for (const [index, batch] of batches.entries()) {
        await write(twice, [batch]);
        await expectCopies(twice, `seed ${seed}, batch ${index + 1}`);
      }
      expect(await readTables(twice), `seed ${seed}`).toEqual(await readTables(plain));
      await expectNoCopies(plain);
      edges += (await edgesOf(twice, "citations")).length;

      const { rows } = await plain.pool.query<{ id: string }>("SELECT work_id AS id FROM works ORDER BY 1");
      const works = rows.map(({ id }) => BigInt(id));
      const random = randomOf(seed);
      for (const name of graphQueryNames) {
        const question = randomQuestion(random, name, works);
        const [here, there] = await Promise.all(
          [plain, twice].map(({ pool }) => querySql(pool, question.name, question.input, {})),
        );
        expect(there?.position).toBe(here?.position);
        expect(comparable(name, there?.result as never), `seed ${seed}, ${name}`).toEqual(
          comparable(name, here?.result as never),
        );
      }
    }
    expect(edges).toBeGreaterThan(50);
    // Every kind of change was sent, and none as an array.
    const kinds = new Set(
      statements.flatMap(
        ({ text }) => /^(?:INSERT INTO|UPDATE|DELETE FROM) "\w+"(?=.*\bVALUES\b)/s.exec(text) ?? [],
      ),
    );
    expect([...kinds].sort()).toEqual(changed);
    expect(statements.filter(({ text }) => brokenRules(text).includes("changed rows as an array"))).toEqual(
      [],
    );
    // Each direction is read from the copy that is distributed by it.
    const read = new Set(
      statements.flatMap(
        ({ text }) => /FROM (citations\w*)\s+WHERE (\w+)/.exec(text)?.slice(1).join(" ") ?? [],
      ),
    );
    expect([...read].sort()).toEqual([
      "citations_by_cited cited_work_id",
      "citations_by_citing citing_work_id",
    ]);
  });

  test("may run while two processes begin to store citations twice", async () => {
    for (let seed = 21; seed <= 21; seed++) {
      await reset(twice);
      const batches = batchesOf(seed);
      const half = batches.length >> 1;
      await write(twice, batches.slice(0, half));
      const [first, again] = await Promise.all([
        copyCitations(twice),
        copyCitations(twice),
        ...batches.slice(half).map((batch) => ingestVerified(twice, batch)),
      ]);
      expect([first, again].sort()).toEqual([false, true]);
      await expectCopies(twice, `seed ${seed}`);
      expect(await settingsOf(twice)).toEqual(distributed);
    }
    expect((await checkTables(twice, { keyring })).differences).toEqual([]);
  });
});

test("the statements of both layouts delete the same three keys of papers", async () => {
  await Promise.all([plain, twice].map((database) => write(database, batchesOf(3))));
  const { rows } = await plain.pool.query<{ key: string; paper_id: string }>(
    "SELECT key, paper_id FROM paper_keys ORDER BY key LIMIT 3",
  );
  const keys = rows.map(({ key, paper_id }) => [key, BigInt(paper_id)]);
  for (const [database, form] of [
    [plain, singleLayout],
    [twice, citusLayout],
  ] as const) {
    for (const { text, values } of form.remove("paper_keys", ["key", "paper_id"], keys)) {
      expect((await database.pool.query(text, [...values])).rowCount).toBe(3);
    }
  }
  expect(await readTables(twice)).toEqual(await readTables(plain));
});

test("copyCitations changes nothing if it fails, and succeeds when called again", async () => {
  await write(twice, batchesOf(31));
  // A stale row.
  await twice.pool.query("INSERT INTO citations_by_citing VALUES (1, 2, false)");
  await twice.pool.query(
    "ALTER TABLE settings ADD CONSTRAINT no_such_setting CHECK (name <> 'distributed') NOT VALID",
  );
  await expect(copyCitations(twice)).rejects.toThrow("no_such_setting");
  await twice.pool.query("ALTER TABLE settings DROP CONSTRAINT no_such_setting");
  expect(await settingsOf(twice)).toEqual([]);
  expect(await edgesOf(twice, "citations_by_citing")).toHaveLength(1);
  expect(await copyCitations(twice)).toBe(true);
  await expectCopies(twice, "at the second attempt");
});

test("check reports differences of the copies, and rebuild repairs them", async () => {
  await copyCitations(twice);
  await write(twice, batchesOf(32));
  await twice.pool.query(
    `DELETE FROM citations_by_cited WHERE cited_work_id = (SELECT min(cited_work_id) FROM citations_by_cited);
     UPDATE citations_by_citing SET is_internal_anchor = NOT is_internal_anchor
     WHERE cited_work_id = (SELECT max(cited_work_id) FROM citations_by_citing)`,
  );
  const { counts, differences } = await checkTables(twice, { keyring });
  expect([...counts.keys()]).toEqual(["citations_by_citing", "citations_by_cited"]);
  expect(differences.map(({ stored }) => stored === null)).toEqual(expect.arrayContaining([true, false]));
  await rebuildTables(twice, { keyring });
  await expectCopies(twice, "rebuilt");
});

describe("a backup", () => {
  const backupOf = async (database: TestDatabase) => {
    const pieces: Uint8Array[] = [];
    for await (const piece of writeBackup(database)) pieces.push(piece);
    return Buffer.concat(pieces);
  };
  const restore = async (database: TestDatabase, backup: Buffer) => {
    await readBackup(
      database,
      (async function* () {
        yield backup;
      })(),
    );
    await rebuildTables(database, { keyring });
  };

  test("of a distributed database can be restored to a plain one, and the reverse", async () => {
    await copyCitations(twice);
    await twice.pool.query("INSERT INTO settings VALUES ('sample', 'loaded')");
    await write(twice, batchesOf(33));
    const backup = await backupOf(twice);
    await restore(plain, backup);
    expect(await settingsOf(plain)).toEqual([{ name: "sample", value: "loaded" }]);
    expect(await edgesOf(plain, "citations")).toEqual(await edgesOf(twice, "citations"));
    await expectNoCopies(plain);

    await reset(twice);
    await copyCitations(twice);
    await restore(twice, await backupOf(plain));
    expect(await settingsOf(twice)).toEqual(expect.arrayContaining(distributed));
    expect(await edgesOf(twice, "citations")).not.toEqual([]);
    await expectCopies(twice, "restored");
  });
});

describe("changed rows with more than 65,535 parameters", () => {
  const columns = ["citing_work_id", "cited_work_id", "is_internal_anchor"];
  const rows = Array.from({ length: 25_000 }, (_, nth) => [1n, BigInt((nth * 7_919) % 25_000), false]);

  test("are sent in several statements, sorted by key, in the distributed layout", async () => {
    const sent = citusLayout.update("citations_by_citing", columns, rows, ["is_internal_anchor"]);
    expect(sent.map(({ values }) => values.length)).toEqual([65_532, 9_468]);
    const cited = sent.flatMap(({ values }) => values.filter((_, place) => place % 3 === 1));
    expect(cited).toEqual(Array.from(rows, (_, nth) => BigInt(nth)));
    // The driver and PostgreSQL accept this number of parameters.
    const [full] = sent;
    await plain.pool.query(full?.text ?? "", [...(full?.values ?? [])]);
    expect(await edgesOf(plain, "citations_by_citing")).toHaveLength(65_532 / 3);
  });

  test("are sent in one statement in the layout of one server", () => {
    expect(singleLayout.update("citations_by_citing", columns, rows, ["is_internal_anchor"])).toHaveLength(1);
    expect(singleLayout.remove("citations_by_citing", columns.slice(0, 2), rows)).toHaveLength(1);
  });
});

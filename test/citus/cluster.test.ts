import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { distributeTables } from "../../src/store/distribute.ts";
import { type Database, migrateDatabase, openDatabase } from "../../src/store/index.ts";
import { distributions } from "../../src/store/table-layout.ts";
import { createClient } from "../api/client.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { ingestDocuments, sampleDocuments, sampleKeyring } from "../ingest/ingest-documents.ts";
import { administer, connectionTo } from "../server-connection.ts";
import { allowances } from "./allowances.ts";
import { queriesAbout } from "./queries.ts";

/** The address of a coordinator on which the test may create a database. */
const url = process.env["PITH_GRAPH_TEST_CITUS_URL"] ?? "";

// Skipped without an address. statements.test.ts checks the statements against Citus' rules everywhere.
describe.skipIf(url === "")("on the Citus cluster of PITH_GRAPH_TEST_CITUS_URL", () => {
  const name = `test_${randomBytes(8).toString("hex")}`;
  let plain: TestDatabase;
  let citus: Database;
  beforeAll(async () => {
    plain = await createTestDatabase();
    await administer(url, `CREATE DATABASE ${name}`);
    citus = openDatabase({ connection: connectionTo(url, name) });
    await migrateDatabase(citus);
    // The first half before the tables are distributed, with their rows; the second after.
    const documents = sampleDocuments(60);
    const half = documents.length >> 1;
    for (const database of [plain, citus]) {
      await ingestDocuments(database, documents.slice(0, half), { keyring: sampleKeyring });
    }
    await distributeTables(citus, { shards: 4, graphShards: 2 });
    for (const database of [plain, citus]) {
      await ingestDocuments(database, documents.slice(half), { keyring: sampleKeyring });
    }
  });
  afterAll(async () => {
    await citus.close();
    await administer(url, `DROP DATABASE ${name} WITH (FORCE)`);
    await plain.drop();
  });

  it("distributes all tables as distributions says", async () => {
    const { rows } = await citus.pool.query<{ name: string; type: string; column: string }>(
      `SELECT trim('"' FROM table_name::text) AS name, citus_table_type AS type, distribution_column AS column
       FROM citus_tables`,
    );
    const expected = Object.entries(distributions).flatMap(([table, distribution]) => {
      if (distribution.kind === "local") return [];
      const column = distribution.kind === "distributed" ? distribution.column : "<none>";
      return [{ name: table, type: distribution.kind, column }];
    });
    const order = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
    expect(rows.sort(order)).toEqual(expected.sort(order));
  });

  it("stores the same edges in both tables of citations", async () => {
    const [citing, cited] = await Promise.all(
      ["citations", "citations_by_cited"].map((table) =>
        citus.pool.query(
          `SELECT citing_work_id, cited_work_id, is_internal_anchor FROM ${table} ORDER BY 1, 2`,
        ),
      ),
    );
    expect(citing?.rows.length).toBeGreaterThan(0);
    expect(cited?.rows).toEqual(citing?.rows);
  });

  it("answers every query like a single server", async () => {
    const [here, there] = [createClient(plain), createClient(citus)];
    const top = "{ topWorks(by: CITED_BY_COUNT, first: 1) { nodes { work { arxivId } } } }";
    const { topWorks } = await here.ask<{ topWorks: { nodes: { work: { arxivId: string } }[] } }>(top);
    const differing: string[] = [];
    for (const query of queriesAbout(topWorks.nodes[0]?.work.arxivId ?? "")) {
      const answer = await there.text(query).catch((error: Error) => error.message);
      if (answer !== (await here.text(query))) differing.push(query);
    }
    expect(differing, allowances.map(({ name }) => name).join("; ")).toEqual([]);
  });
});

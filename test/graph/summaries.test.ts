import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type GraphOptions, type GraphService, type Summaries, startGraph } from "../../src/graph/index.ts";
import { ingestVerified } from "../../src/ingest/pipeline.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { randomFrom } from "../ingest/random.ts";
import { clearTables } from "../ingest/tables.ts";
import { worldOf } from "../ingest/world.ts";
import { verifiedDocumentOf } from "../ingest/world-batches.ts";
import { isLong } from "../long.ts";
import { readSummaryRows, summaryRowOf, type TableRow } from "./summary-rows.ts";

let database: TestDatabase;
const services: GraphService[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(() => closeGraphs());
afterAll(() => database.drop());

async function closeGraphs(): Promise<void> {
  await Promise.all(services.splice(0).map((graph) => graph.close()));
}

async function start(options: GraphOptions = {}): Promise<GraphService> {
  const graph = startGraph(database, { threads: 1, pollMilliseconds: 3_600_000, ...options });
  services.push(graph);
  await graph.waitUntilLoaded(AbortSignal.timeout(60_000));
  return graph;
}

async function graphPosition(): Promise<bigint> {
  const { rows } = await database.pool.query<{ value: string }>(
    "SELECT value FROM totals WHERE name = 'graph_position'",
  );
  return BigInt(rows[0]?.value ?? 0);
}

/** The summaries at the position that the tables have. */
async function currentSummaries(graph: GraphService): Promise<Summaries> {
  await graph.catchUp();
  await graph.waitForPosition(await graphPosition(), AbortSignal.timeout(60_000));
  return graph.summaries() as Summaries;
}

/** Expects a summary of each work, or with `isPartial` of some, with the contents of its rows; and of no other work. */
function expectSummaries(
  summaries: Summaries,
  rows: readonly TableRow[],
  { message, isPartial = false }: { readonly message: string; readonly isPartial?: boolean },
): number {
  let found = 0;
  for (const { paperIds: _, ...row } of rows) {
    const summary = summaries.ofWork(row.workId);
    if (summary === null && isPartial) continue;
    found++;
    expect(summary && summaryRowOf(summary), message).toEqual(row);
    if (row.paperId !== null) expect(summaries.ofPaper(row.paperId)?.workId, message).toBe(row.workId);
  }
  const represented = new Set(rows.map(({ paperId }) => paperId));
  for (const { paperIds } of rows) {
    for (const id of paperIds) if (!represented.has(id)) expect(summaries.ofPaper(id), message).toBe(null);
  }
  return found;
}

const given = process.env["PITH_SEED"];
const first = given === undefined ? Date.now() % 2 ** 31 : Number(given);
const worlds = given === undefined ? (isLong ? 100 : 3) : 1;

test(`summaries equal the tables after each batch of ${worlds} random histories from seed ${first}`, async () => {
  for (let seed = first; seed < first + worlds; seed++) {
    await closeGraphs();
    await clearTables(database);
    const random = randomFrom(seed);
    const world = worldOf(seed);
    const batches = random.split(random.shuffle([...world, ...world.filter(() => random.chance(0.2))]), 12);
    const graphs = [
      { graph: await start({ foldBytes: 300 }), isPartial: false },
      { graph: await start({ maxReplacedSummaryBytes: 2_000 }), isPartial: false },
      { graph: await start({ maxSummaryBytes: 3_000 }), isPartial: true },
    ];
    const earlier: { readonly summaries: Summaries; readonly rows: readonly TableRow[] }[] = [];
    for (const [index, batch] of batches.entries()) {
      const message = `seed ${seed}, batch ${index + 1} of ${batches.length}`;
      await ingestVerified(database, batch.map(verifiedDocumentOf));
      const rows = await readSummaryRows(database);
      for (const { graph, isPartial } of graphs) {
        const summaries = await currentSummaries(graph);
        const found = expectSummaries(summaries, rows, { message, isPartial });
        expect(graph.status().summaries, message).toBe(found);
        if (!isPartial) earlier.push({ summaries, rows });
      }
      if (index === Math.floor(batches.length / 2)) {
        for (const isPartial of [false, true]) {
          graphs.push({ graph: await start(isPartial ? { maxSummaryBytes: 3_000 } : {}), isPartial });
        }
      }
    }
    for (const { summaries, rows } of earlier) {
      expectSummaries(summaries, rows, { message: `seed ${seed}, an earlier version` });
    }
  }
});

import { afterAll, beforeAll, test } from "vitest";
import { identifierIdOf } from "../../src/store/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { bundleOfPaper, snapshotEvent } from "./bundles.ts";
import { takeIn } from "./take-in.ts";
let database: TestDatabase;
beforeAll(async () => { database = await createTestDatabase(); });
afterAll(() => database.drop());
const timed = async (name: string, run: () => Promise<unknown>) => {
  const start = performance.now(); await run();
  console.log(name, Math.round(performance.now() - start), "ms", Math.round(process.memoryUsage().rss / 1e6), "MB");
};
test("measure", async () => {
  const many = (n: number, f: (i: number) => object) => Array.from({ length: n }, (_, i) => f(i)) as never[];
  const one = bundleOfPaper({}, (p) => [snapshotEvent(p, { references: many(100_000, () => ({ doi: "10.1000/x", work_id: "W", title: "t" })) })]);
  await timed("100k references to one", () => takeIn(database, [one]));
  await timed("again", () => takeIn(database, [one]));
  const two = bundleOfPaper({}, (p) => [snapshotEvent(p, { created_at: "2026-06-12T00:00:00Z", references: many(100_000, (i) => ({ doi: `10.1000/${i}`, work_id: `W${i}`, title: "t" })) })]);
  await timed("100k references to 100k", () => takeIn(database, [two]));
  const three = bundleOfPaper({}, (p) => [snapshotEvent(p, { created_at: "2026-06-13T00:00:00Z", references: many(100_000, (i) => ({ doi: `10.1000/${i}`, cited_arxiv_id: `2301.${10000 + (i % 80000)}`, work_id: `W${i}`, title: "t" })) })]);
  await timed("100k references moved", () => takeIn(database, [three]));
  const hub = "10.2000/hub"; const h = identifierIdOf("doi", hub).toString();
  const id = (t: string) => `(hashtextextended(${t}, 0) & 9223372036854775807)`;
  const made = "generate_series(1, 100000) AS n"; const at = "'2023-01-01T00:00:00Z'::timestamptz + n * interval '1 minute'";
  const w = `CASE WHEN o = 0 THEN ${h}::bigint ELSE ${id("'doi' || (n * 7 + o)")} END`; const o = "generate_series(0, 9) AS o";
  for (const s of [
    `INSERT INTO papers (paper_id, pith_number, canonical_sha256, work_id, source_kind, source_id, submitted_at, cross_categories, authors, record_standing, proof, claim_count, references_known, internal_anchors_known, state_sha256, event_count, valid_event_count, equivocation_count, record_hash, receipt, title_binding, claims_hash, references_hash, published_state_hash)
     SELECT ${id("'paper' || n")}, 'pith:' || n, '', ${id("'work' || n")}, '', '', ${at}, '{}', '{}', 'signed', 'signed', 0, 0, 0, '', 1, 1, 0, 'PASSED', 'PASSED', 'PASSED', 'PASSED', 'PASSED', 'PASSED' FROM ${made}`,
    `INSERT INTO works (work_id, key, cited_by_count, citing_paper_count, reference_count) SELECT ${id("'work' || n")}, 'arxiv:' || n, 0, 0, 10 FROM ${made}`,
    `INSERT INTO "references" (paper_id, ordinal, ref_index, title, is_internal_anchor, doi_id, cited_work_id) SELECT ${id("'paper' || n")}, o, o, 'title', false, ${w}, ${w} FROM ${made}, ${o}`,
    `INSERT INTO citations SELECT ${id("'work' || n")}, ${w}, false FROM ${made}, ${o}`,
    `INSERT INTO citing_papers SELECT ${w}, ${at}, ${id("'paper' || n")} FROM ${made}, ${o}`,
    `INSERT INTO works (work_id, key, cited_by_count, citing_paper_count, reference_count) VALUES (${h}, 'doi:${hub}', 100000, 100000, 0)`,
    `INSERT INTO work_identifiers (identifier_id, kind, value, work_id) VALUES (${h}, 'doi', '${hub}', ${h})`, "ANALYZE"]) await database.pool.query(s);
  const citing = (v: number, refs: object[]) => [bundleOfPaper({ arxivId: "2401.00001" }, (p) => [snapshotEvent(p, { created_at: `2026-06-1${v}T00:00:00Z`, references: refs as never[] })])];
  await timed("hub cited", () => takeIn(database, citing(1, [{ doi: hub, title: "t" }])));
  await timed("hub cited again by a new snapshot", () => takeIn(database, citing(2, [{ doi: hub, title: "t2" }])));
  await timed("hub dropped", () => takeIn(database, citing(3, [{ title: "t2" }])));
  await timed("hub moved", () => takeIn(database, citing(4, [{ doi: hub, cited_arxiv_id: "2402.00001", title: "t" }])));
  await timed("hub moved back", () => takeIn(database, citing(5, [{ title: "t2" }])));
}, 300_000);

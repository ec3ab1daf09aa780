import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { type Client, createClient } from "./client.ts";
import { copiesOfSeed } from "./fixtures/copies-of-seed.ts";

/*
 * Pages that take several statements, over enough papers that one step does not suffice. They are compared with all
 * papers, filtered and sorted here.
 */
const works = 8_000;

let database: TestDatabase;
let client: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  const { pool } = database;
  const { copy, paperId } = await copiesOfSeed(database);
  // Citation counts decrease, with three works at each count. A tenth of the works have three papers.
  await copy(
    "works",
    `generate_series(1, ${works}) n`,
    `'work_id', n, 'key', 'x:' || n, 'paper_id', CASE WHEN n % 7 = 3 THEN NULL ELSE n * 10 END, 'cited_by_count', (${works} - n) / 3`,
  );
  await copy(
    "papers",
    `generate_series(1, ${works}) n, generate_series(0, CASE WHEN n % 10 = 0 THEN 2 ELSE 0 END) v WHERE n % 7 <> 3`,
    `'paper_id', n * 10 + v, 'work_id', n, 'pith_number', 'pith:2023:' || n || '.' || v,
     'submitted_at', '2020-01-01T00:00:00Z'::timestamptz + (n * 7919 % ${works}) * interval '1 minute',
     'primary_category', CASE WHEN n > 6000 AND n % 100 = 7 THEN 'rare.XX' WHEN n > 2000 THEN 'late.XX' ELSE 'most.XX' END,
     'cross_categories', '[]'::jsonb, 'title', CASE WHEN n < 7 THEN 'Lists references' ELSE 'Any' END`,
  );
  // Nearly all works of the first category are anchors, and every second of the others.
  await pool.query(
    `UPDATE works SET anchored_work_count = CASE WHEN work_id <= 1980 OR work_id % 2 = 0 THEN 1 + work_id % 3 ELSE 0 END
     WHERE work_id <= ${works}`,
  );
  await pool.query("DELETE FROM papers WHERE paper_id = $1", [paperId]);
  await pool.query("UPDATE totals SET value = (SELECT count(*) FROM papers) WHERE name = 'papers'");
  await pool.query("ANALYZE");
  client = createClient(database);
}, 120_000);
afterAll(() => database.drop());

type Filter = { category?: string; minCitedBy?: number; isAnchor?: boolean };
type Order = "CITED_BY_DESC" | "CITED_BY_ASC" | "SUBMITTED_DESC" | "SUBMITTED_ASC";
type Row = { name: string; count: number; work: number; paper: number; time: number };

/** The names of all papers that match the filter, in order. */
function expected({ category, minCitedBy = 0, isAnchor: wanted }: Filter, order: Order): string[] {
  const rows: Row[] = [];
  for (let work = 1; work <= works; work++) {
    if (work % 7 === 3) continue;
    const count = Math.floor((works - work) / 3);
    const isAnchor = work <= 1980 || work % 2 === 0;
    const own = work > 6000 && work % 100 === 7 ? "rare.XX" : work > 2000 ? "late.XX" : "most.XX";
    if (count < minCitedBy || (category ?? own) !== own || (wanted ?? isAnchor) !== isAnchor) continue;
    for (let version = 0; version <= (work % 10 === 0 ? 2 : 0); version++) {
      const name = `pith:2023:${work}.${version}`;
      rows.push({ name, count, work, paper: work * 10 + version, time: (work * 7919) % works });
    }
  }
  const descending = (a: Row, b: Row) =>
    order.startsWith("CITED_BY")
      ? b.count - a.count || b.work - a.work || b.paper - a.paper
      : b.time - a.time || b.paper - a.paper;
  rows.sort((a, b) => (order.endsWith("_ASC") ? -1 : 1) * descending(a, b));
  return rows.map(({ name }) => name);
}

type Page = {
  totalCount: number;
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string };
  nodes: { pithNumber: string }[];
};

async function page(filter: Filter, order: Order, range: string): Promise<Page> {
  const { category, ...others } = filter;
  const given = Object.entries({ ...others, ...(category && { categories: [category] }) });
  const text = given.map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join(", ");
  const { papers } = await client.ask<{ papers: Page }>(
    `{ papers(orderBy: ${order}, filter: { ${text} }, ${range}) { totalCount nodes { pithNumber }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`,
  );
  return papers;
}

const filters: Record<string, Filter> = {
  "all papers": {},
  "few papers, cited least": { category: "rare.XX" },
  "many papers, cited least": { category: "late.XX" },
  "highly cited papers": { minCitedBy: 2_600 },
  "highly cited papers of a category": { category: "late.XX", minCitedBy: 1_990 },
  "a few cited papers of a small category": { category: "rare.XX", minCitedBy: 500 },
  "a count above every paper's": { category: "most.XX", minCitedBy: 10_000 },
  "papers that are no anchors": { isAnchor: false },
  "highly cited papers that are no anchors": { isAnchor: false, minCitedBy: 1_800 },
  "papers that are no anchors in a category without any": {
    category: "most.XX",
    isAnchor: false,
    minCitedBy: 2_200,
  },
  "few papers that are no anchors": { category: "rare.XX", isAnchor: false },
  "the few of a large category that are no anchors": { category: "most.XX", isAnchor: false },
  "hardly any papers that are no anchors": { isAnchor: false, minCitedBy: 2_000 },
  anchors: { isAnchor: true, category: "late.XX" },
};

const cases = Object.entries(filters).flatMap(([name, filter]) => {
  // In the order of submission most pages take one statement.
  const others: Order[] = filter.isAnchor === false ? ["SUBMITTED_DESC", "SUBMITTED_ASC"] : [];
  return ["CITED_BY_DESC" as const, "CITED_BY_ASC" as const, ...others].map(
    (order) => [name, order, filter] as const,
  );
});

const namesOf = ({ nodes }: Page) => nodes.map(({ pithNumber }) => pithNumber);

describe("Query.papers in several statements", () => {
  it.each(cases)("pages through %s in the order %s, forward and backward", async (_name, order, filter) => {
    const all = expected(filter, order);
    const first = await page(filter, order, "first: 30");
    expect(namesOf(first)).toEqual(all.slice(0, 30));
    expect(first.totalCount).toBe(all.length);
    expect(first.pageInfo).toMatchObject({ hasNextPage: all.length > 30, hasPreviousPage: false });
    const last = await page(filter, order, "last: 30");
    expect(namesOf(last)).toEqual(all.slice(-30));
    expect(last.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: all.length > 30 });
    if (all.length < 31) return;
    const second = await page(filter, order, `first: 7, after: "${first.pageInfo.endCursor}"`);
    expect(namesOf(second)).toEqual(all.slice(30, 37));
    expect(second.pageInfo).toMatchObject({ hasNextPage: all.length > 37, hasPreviousPage: true });
    const back = await page(filter, order, `last: 40, before: "${second.pageInfo.endCursor}"`);
    expect(namesOf(back)).toEqual(all.slice(0, Math.min(36, all.length - 1)).slice(-40));
    const { startCursor, endCursor } = last.pageInfo;
    const between = await page(filter, order, `first: 100, after: "${startCursor}", before: "${endCursor}"`);
    expect(namesOf(between)).toEqual(all.slice(-30).slice(1, -1));
    expect(between.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true });
  });

  it("returns each paper once when a page ends between the papers of a work", async () => {
    const all = expected({ minCitedBy: 2_640 }, "CITED_BY_DESC");
    const seen: string[] = [];
    for (let after = "", more = true; more; ) {
      const next = await page({ minCitedBy: 2_640 }, "CITED_BY_DESC", `first: 4${after}`);
      seen.push(...namesOf(next));
      after = `, after: "${next.pageInfo.endCursor}"`;
      more = next.pageInfo.hasNextPage;
    }
    expect(seen).toEqual(all);
  });

  it("reads a page in one snapshot, whatever is written between its statements", async () => {
    const all = expected({ category: "late.XX" }, "CITED_BY_DESC");
    const { pool } = database;
    const { connect } = pool;
    let written = 0;
    // After the most cited works have been read, the least cited work becomes the most cited.
    pool.connect = (async () => {
      const connection = await Reflect.apply(connect, pool, []);
      const { query } = connection;
      connection.query = (async (...args: unknown[]) => {
        const result = await (Reflect.apply(query, connection, args) as Promise<unknown>);
        if (written === 0 && (args[0] as pg.QueryConfig).text?.includes('from "works"')) {
          written++;
          pool.connect = connect;
          await pool.query("UPDATE works SET cited_by_count = 1000000 WHERE work_id = $1", [works]);
        }
        return result;
      }) as typeof connection.query;
      return connection;
    }) as typeof pool.connect;
    try {
      const found = await page({ category: "late.XX" }, "CITED_BY_DESC", "first: 100");
      expect(written).toBe(1);
      expect(namesOf(found)).toEqual(all.slice(0, 100));
    } finally {
      pool.connect = connect;
      await pool.query("UPDATE works SET cited_by_count = 0 WHERE work_id = $1", [works]);
    }
  });
});

describe("Paper.references(stored:)", () => {
  /** The work that lists references, their count, and which of them cite a stored work. */
  const lists = [
    { work: 1, count: 2_500, isStored: (ordinal: number) => ordinal % 600 === 599 },
    { work: 2, count: 230, isStored: () => true },
    { work: 4, count: 201, isStored: (ordinal: number) => ordinal === 200 },
    { work: 5, count: 0, isStored: () => true },
    { work: 6, count: 300, isStored: () => false },
  ];
  beforeAll(async () => {
    for (const { work, count, isStored } of lists) {
      const cited = Array.from({ length: count }, (_, ordinal) => (isStored(ordinal) ? 8 : 3));
      await database.pool.query(
        `INSERT INTO "references" (paper_id, ordinal, ref_index, is_internal_anchor, cited_work_id, submitted_at, has_arxiv_id)
         SELECT $1, place - 1, place, place % 3 = 0, cited, '2000-01-01T00:00:00Z', true FROM unnest($2::bigint[]) WITH ORDINALITY AS list (cited, place)`,
        [work * 10, cited],
      );
    }
  });

  type References = { totalCount: number; nodes: { refIndex: number }[]; pageInfo: Page["pageInfo"] };
  type Listed = { pithNumber: string; references: References; referenceCoverage: { stored: number } };
  /** The lists of all works, by work, from one query. */
  const listed = async (given: string): Promise<Map<number, Listed>> => {
    const { papers } = await client.ask<{ papers: { nodes: Listed[] } }>(
      `{ papers(filter: { titleContains: "Lists references" }) { nodes { pithNumber referenceCoverage { stored }
          references(${given}) { totalCount nodes { refIndex } pageInfo { hasNextPage hasPreviousPage endCursor } } } } }`,
    );
    return new Map(papers.nodes.map((paper) => [Number(paper.pithNumber.slice(10, 11)), paper]));
  };

  it.each([
    [true, null],
    [false, null],
    [true, true],
    [false, false],
  ])("pages through references with stored %s and internalAnchor %s", async (stored, internalAnchor) => {
    const filter = `stored: ${stored}${internalAnchor === null ? "" : `, internalAnchor: ${internalAnchor}`}`;
    for (const range of ["first: 2", "first: 100"]) {
      const found = await listed(`${filter}, ${range}`);
      for (const { work, count, isStored } of lists) {
        const all = Array.from({ length: count }, (_, ordinal) => ordinal)
          .filter((ordinal) => isStored(ordinal) === stored)
          .map((ordinal) => ordinal + 1)
          .filter((place) => internalAnchor === null || (place % 3 === 0) === internalAnchor);
        const size = Number(range.slice(7));
        const { references } = found.get(work) as Listed;
        expect(references.nodes.map(({ refIndex }) => refIndex)).toEqual(all.slice(0, size));
        expect(references.totalCount).toBe(all.length);
        expect(references.pageInfo.hasNextPage).toBe(all.length > size);
        if (all.length <= size) continue;
        const next = await listed(`${filter}, first: 3, after: "${references.pageInfo.endCursor}"`);
        const after = (next.get(work) as Listed).references;
        expect(after.nodes.map(({ refIndex }) => refIndex)).toEqual(all.slice(size, size + 3));
        expect(after.pageInfo.hasPreviousPage).toBe(true);
      }
    }
  });

  it("referenceCoverage.stored counts all stored references of a list of 2,500", async () => {
    const found = await listed("first: 0");
    for (const { work, count, isStored } of lists) {
      const stored = Array.from({ length: count }, (_, ordinal) => ordinal).filter(isStored).length;
      expect(found.get(work)?.referenceCoverage.stored).toBe(stored);
    }
  });
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createVertexIndex, highOf, joinId, lowOf, sharedArray } from "../../src/graph/base-graph.ts";
import { CopyReader } from "../../src/graph/copy-reader.ts";
import { readGraph } from "../../src/graph/read-graph.ts";
import { Marks } from "../../src/graph/scratch.ts";
import { GraphVersion } from "../../src/graph/version.ts";

import { createTestDatabase, type TestDatabase } from "../database.ts";
import { commitGraph, writeTables } from "./graph-tables.ts";
import { baseOf, below, randomGraph, randomOf, randomWorkId } from "./random-graph.ts";
import { contentOf } from "./versions.ts";

describe("a graph in the tables", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  test("is read with the position of the same snapshot", async () => {
    const client = await database.pool.connect();
    let before = { works: [] as readonly bigint[], edges: [] as never[] } as ReturnType<typeof randomGraph>;
    for (let seed = 1; seed <= 8; seed++) {
      const after = randomGraph(randomOf(seed), seed * 40);
      const position = await commitGraph(database, before, after);
      const { base } = await readGraph(client);
      expect(contentOf(GraphVersion.of(base)), `seed ${seed}`).toEqual(
        contentOf(GraphVersion.of(baseOf(after))),
      );
      expect(base.position).toBe(position);
      before = after;
    }
    client.release();
  });

  test("is rejected if an edge names a missing work", async () => {
    const client = await database.pool.connect();
    await writeTables(client, { works: [1n, 2n], edges: [{ citing: 1n, cited: 2n, isAnchor: false }] });
    await client.query("DELETE FROM works WHERE work_id = 2");
    await expect(readGraph(client)).rejects.toThrow("refers to a work that does not exist");
    client.release(true);
  });

  test("has indexes for all its queries in SQL", async () => {
    const client = await database.pool.connect();
    await client.query("BEGIN");
    await client.query("SET LOCAL enable_seqscan = off");
    const planOf = async (text: string) => {
      const { rows } = await client.query(`EXPLAIN ${text}`);
      return rows.map((row) => row["QUERY PLAN"]).join("\n");
    };
    const some = "= ANY('{1,2,3}'::bigint[])";
    const there = await planOf(
      `SELECT citing_work_id, cited_work_id FROM citations WHERE citing_work_id ${some}`,
    );
    expect(there).toContain("papers_work_id");
    expect(there).toContain("references_paper_id_ordinal_pk");
    const back = await planOf(
      `SELECT cited_work_id, citing_work_id FROM citations WHERE cited_work_id ${some}`,
    );
    expect(back).toContain("references_cited");
    expect(back).toContain("papers_pkey");
    const top = await planOf(
      "SELECT work_id, cited_by_count FROM works ORDER BY cited_by_count DESC, work_id LIMIT 9",
    );
    expect(top).toContain("works_cited_by_count");
    await client.query("ROLLBACK");
    client.release();
  });
});

describe("the reader of a COPY", () => {
  const row = (id: bigint, flag: number) => {
    const bytes = Buffer.alloc(2 + 4 + 8 + 4 + 1);
    bytes.writeInt16BE(2, 0);
    bytes.writeInt32BE(8, 2);
    bytes.writeBigInt64BE(id, 6);
    bytes.writeInt32BE(1, 14);
    bytes.writeUInt8(flag, 18);
    return bytes;
  };
  const header = Buffer.from("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", "latin1");
  const complete = Buffer.concat([
    header,
    row(5n, 1),
    row(2n ** 62n, 0),
    row(9n, 1),
    Buffer.from([0xff, 0xff]),
  ]);

  test("reads the same rows from chunks of any size", () => {
    for (let size = 1; size <= complete.length; size++) {
      const read: [bigint, number][] = [];
      const reader = new CopyReader([8, 1], (view, at) =>
        read.push([view.getBigInt64(at + 4), view.getUint8(at + 16)]),
      );
      for (let at = 0; at < complete.length; at += size) reader.push(complete.subarray(at, at + size));
      reader.end();
      expect(read).toEqual([
        [5n, 1],
        [2n ** 62n, 0],
        [9n, 1],
      ]);
    }
  });

  test("throws if the COPY is incomplete", () => {
    const reader = new CopyReader([8, 1], () => {});
    reader.push(complete.subarray(0, -2));
    expect(() => reader.end()).toThrow("are incomplete");
  });
});

test("the vertex index finds every work by its id, and no other id", () => {
  for (let seed = 1; seed <= 500; seed++) {
    const random = randomOf(seed);
    const ids = new Set<bigint>();
    for (let left = below(random, 60); left > 0; left--) ids.add(randomWorkId(random));
    if (random() < 0.3) for (const id of [0n, 1n, 2n ** 63n - 1n, 2n ** 63n - 2n]) ids.add(id);
    const sorted = [...ids].sort((a, b) => (a < b ? -1 : 1));
    const high = sharedArray(sorted.length);
    const low = sharedArray(sorted.length);
    high.set(sorted.map(highOf));
    low.set(sorted.map(lowOf));
    const index = createVertexIndex(high, low);
    for (const [place, id] of sorted.entries()) {
      expect(index.indexOf(id), `seed ${seed}`).toBe(place);
      expect(index.workIdOf(place)).toBe(id);
      for (const near of [id - 1n, id + 1n, id ^ (1n << 40n)]) {
        if (near >= 0n && !ids.has(near)) expect(index.indexOf(near), `seed ${seed}`).toBe(-1);
      }
    }
    expect(joinId(2 ** 31 - 1, 2 ** 32 - 1)).toBe(2n ** 63n - 1n);
  }
});

test("marks are cleared by begin, also after their numbers overflow", () => {
  const marks = new Marks();
  for (let round = 0; round < 6; round++) {
    marks.begin(3, 2 ** 31);
    expect([marks.get(0), marks.get(1), marks.get(2)]).toEqual([0, 0, 0]);
    marks.set(1, 2 ** 31);
    marks.set(2, 1);
    expect([marks.get(0), marks.get(1), marks.get(2)]).toEqual([0, 2 ** 31, 1]);
  }
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { paperColumns, prepareLoaders } from "../../src/api/loaders/index.ts";
import { RowCache } from "../../src/api/loaders/row-cache.ts";
import { startGraph } from "../../src/graph/index.ts";
import { DataVersion } from "../../src/store/data-version.ts";
import { primaryVersion } from "../../src/store/read-server.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { watchStatements } from "../statements.ts";
import { ingestLibrary } from "./fixtures/library.ts";

const size = 1_000_000;

describe("RowCache", () => {
  let version = "1";
  const createCache = (maximumSize = size) => new RowCache({ read: async () => version }, maximumSize);

  it("returns a row only at the version at which it was stored", async () => {
    version = "1";
    const rows = createCache();
    const shelf = rows.section<bigint, string | null>();
    const first = (await rows.version()) as string;
    shelf.set(1n, "one", first);
    shelf.set(2n, null, first);
    expect([1n, 2n, 3n].map((key) => shelf.get(key, first))).toEqual(["one", null, undefined]);

    version = "2";
    const second = (await rows.version()) as string;
    expect(shelf.get(1n, second)).toBeUndefined();
    // A request that began at the earlier version may have read an older row.
    shelf.set(1n, "one", first);
    expect(shelf.get(1n, second)).toBeUndefined();
    expect(shelf.get(1n, first)).toBeUndefined();
  });

  it("stays within its maximum size, and evicts the least recently used rows", async () => {
    version = "1";
    const text = "x".repeat(1_000);
    const rows = createCache(100_000);
    const shelf = rows.section<number, { text: string }>();
    const other = rows.section<number, { text: string }>();
    const now = (await rows.version()) as string;
    shelf.set(-1, { text }, now);
    for (let key = 0; key < 10_000; key++) {
      (key % 2 === 0 ? shelf : other).set(key, { text }, now);
      expect(shelf.get(-1, now)).toBeDefined();
    }
    const kept = Array.from({ length: 10_000 }, (_, key) => (key % 2 === 0 ? shelf : other).get(key, now));
    expect(kept.filter((row) => row !== undefined).length).toBeLessThan(100);
    expect(kept.at(-1)).toBeDefined();
    // Larger than an eighth of the maximum by itself.
    shelf.set(-2, { text: "x".repeat(10_000) }, now);
    expect(shelf.get(-2, now)).toBeUndefined();
  });

  it("returns no version while versions change with every read, or when reading one fails", async () => {
    version = "1";
    const rows = createCache();
    expect(await rows.version()).toBe("1");
    version = "2";
    expect(await rows.version()).toBe("2");
    expect(await rows.version()).toBeNull();
    const failing = new RowCache({ read: () => Promise.reject(new Error("no connection")) }, size);
    expect(await failing.version()).toBeNull();
  });
});

describe("loaders with a RowCache", () => {
  let database: TestDatabase;
  let ids: bigint[];
  beforeAll(async () => {
    database = await createTestDatabase();
    await ingestLibrary(database);
    const { rows } = await database.pool.query("SELECT paper_id FROM papers ORDER BY paper_id");
    ids = rows.map((row: { paper_id: string }) => BigInt(row.paper_id));
  });
  afterAll(() => database.drop());

  const prepare = () => {
    const graph = startGraph(database, { adjacency: "sql" });
    const version = new DataVersion({ versionDatabase: database, versionStatement: primaryVersion }, () =>
      graph.graphVersion(),
    );
    const { db, pool } = database;
    return prepareLoaders({ db, pool, cache: new RowCache(version, 50_000_000) });
  };
  const nothing = () => database.pool.query("SELECT 1");

  it("read only the version in a second request for the same rows", async () => {
    const loadersOf = prepare();
    // Another file's test may write to another database of the same server, which changes the version of this one.
    const again = async () => {
      const first = await loadersOf().paper.for(paperColumns.all).getMany(ids);
      const texts = await watchStatements(database, async () => {
        const loaders = loadersOf();
        expect(await loaders.paper.for(paperColumns.all).getMany(ids)).toEqual(first);
        // Loaded by now, hence returned without a promise.
        expect(loaders.paper.for(paperColumns.all).get(ids[0] as bigint)).toEqual(first[0]);
      });
      return texts.map(({ text }) => text);
    };
    await expect.poll(again).toEqual([primaryVersion.text]);
  });

  it("never return a row older than the request while another connection writes", async () => {
    const loadersOf = prepare();
    const id = ids[0] as bigint;
    await database.pool.query("UPDATE papers SET title = '0' WHERE paper_id = $1", [id]);
    let written = 0;
    let isOver = false;
    const writer = (async () => {
      while (written < 300) {
        await database.pool.query("UPDATE papers SET title = $1 WHERE paper_id = $2", [`${written + 1}`, id]);
        written++;
        // Pauses long enough for cached rows to be used.
        if (written % 10 === 0) for (let pause = 0; pause < 20; pause++) await nothing();
      }
      isOver = true;
    })();
    let reads = 0;
    const reader = async () => {
      while (!isOver) {
        const least = written;
        const row = await loadersOf().paper.for(paperColumns.all).load(id);
        expect(Number(row?.title)).toBeGreaterThanOrEqual(least);
        reads++;
      }
    };
    await Promise.all([writer, reader(), reader(), reader()]);
    expect(reads).toBeGreaterThan(100);
    expect((await loadersOf().paper.for(paperColumns.all).load(id))?.title).toBe("300");
  });
});

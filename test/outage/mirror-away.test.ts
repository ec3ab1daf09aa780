import type { IncomingMessage } from "node:http";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { Database } from "../../src/store/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { clearTables } from "../ingest/tables.ts";
import {
  cursorOf,
  follow,
  headOf,
  ingestTexts,
  papers,
  quarantineOf,
  serveMirror,
  statesOf,
} from "../mirror/mirrors.ts";
import { StoppableServer } from "./stoppable-server.ts";

/** The database server of the followed mirror, which is stopped while the mirror still answers. */
let postgres: StoppableServer;
let source: Database;
let mine: TestDatabase;
const documents = papers(40);

beforeAll(async () => {
  [postgres, mine] = await Promise.all([StoppableServer.start(), createTestDatabase()]);
  source = await postgres.createDatabase("source");
  for (const { text } of documents) await ingestTexts(source, [text]);
});
beforeEach(() => clearTables(mine));
afterAll(async () => {
  await mine.drop();
  await source.close();
  await postgres.close();
});

/** A mirror whose database is stopped before it answers the nth request for a bundle. */
async function serveUntil(nth: number) {
  let requests = 0;
  let leaving: Promise<void> | undefined;
  const leave = (request: IncomingMessage) => {
    if (request.url?.endsWith("/bundle.json") && ++requests === nth) leaving = postgres.stop();
    return false;
  };
  const logged: string[] = [];
  const mirror = await serveMirror(source, leave, (message) => logged.push(message));
  return { ...mirror, logged, hasLeft: () => leaving };
}

it("a sync stops when the mirror's database goes away, and the next one imports all papers", async () => {
  const mirror = await serveUntil(15);
  try {
    await expect(follow(mine, mirror.url)).rejects.toThrow(
      `Can't follow ${mirror.url} (/feed). The response has status 503 Service Unavailable.`,
    );
    await mirror.hasLeft();
    expect(mirror.hasLeft()).toBeDefined();
    expect(mirror.logged).toContain("a request failed with UNAVAILABLE");
    expect(mirror.logged).not.toContain("a request failed");
    // The manifest, which needs no database, is still served.
    expect((await fetch(`${mirror.url}/pith-mirrors.json`)).status).toBe(200);
    const passed = (await cursorOf(mine, mirror.url)) ?? 0;
    expect(passed).toBeLessThan(documents.length);
    expect(Object.keys(await statesOf(mine)).length).toBeGreaterThanOrEqual(passed);
    expect(await quarantineOf(mine)).toEqual([]);

    await postgres.startAgain();
    const { comparison, outstanding } = await follow(mine, mirror.url);
    expect([comparison?.isEqual, outstanding]).toEqual([true, []]);
    expect(await statesOf(mine)).toEqual(await statesOf(source));
    expect((await headOf(mine)).checksum).toBe((await headOf(source)).checksum);
  } finally {
    await mirror.close();
  }
});

import { afterAll, beforeAll, expect, it } from "vitest";
import { defaultQueryLimits } from "../../src/api/execution/query-limits.ts";
import { suffixOf } from "../../src/protocol/index.ts";
import { type App, createApp } from "../../src/server/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { headOf, ingestTexts, type Listening, listen, papers } from "./mirrors.ts";

let database: TestDatabase;
let app: App;
let server: Listening;
let paths: readonly string[];

beforeAll(async () => {
  database = await createTestDatabase();
  const [paper] = papers(1);
  await ingestTexts(database, [paper?.text ?? ""]);
  app = createApp({ database, limits: { ...defaultQueryLimits, milliseconds: 300 }, logError: () => {} });
  server = await listen(app.handle);
  const suffix = suffixOf(paper?.pithNumber ?? expect.fail());
  const { position } = await headOf(database);
  paths = [
    "/feed",
    `/feed?after=${position}&wait=30`,
    `/pith/${suffix}/bundle.json`,
    `/pith/${suffix}/state.json`,
    `/pith/${suffix}.json`,
    `/.well-known/pith/${suffix}/bundle.json`,
    `/pith/${suffix.slice(0, 8)}/bundle.json`,
  ];
});
afterAll(async () => {
  await server.close();
  await app.close();
  await database.drop();
});

/** The number of statements that wait for a lock in this database. */
async function waiting(): Promise<number> {
  const { rows } = await database.pool.query(
    `SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)
     WHERE NOT granted AND datname = current_database()`,
  );
  return rows.length;
}

/** Runs `work` while tables that the routes read are locked. */
async function whileLocked(tables: string, work: () => Promise<void>): Promise<void> {
  const holder = await database.pool.connect();
  try {
    await holder.query(`BEGIN; LOCK TABLE ${tables} IN ACCESS EXCLUSIVE MODE`);
    await work();
  } finally {
    await holder.query("ROLLBACK");
    holder.release();
  }
}

it.each(["changes, paper_keys", "changes, records", "changes, events"])(
  "the mirror's routes answer 503 TIMEOUT while %s are locked",
  async (tables) => {
    await whileLocked(tables, async () => {
      const answers = paths.map(async (path) => {
        const response = await fetch(`${server.url}${path}`, { redirect: "manual" });
        return [response, await response.text()] as const;
      });
      for (const [response, text] of await Promise.all(answers)) {
        // A redirect reads only the tables that resolve the number.
        if (response.status === 307) continue;
        expect([response.status, text]).toEqual([503, expect.stringContaining('"code":"TIMEOUT"')]);
        expect(response.headers.get("retry-after")).toBe("5");
        expect(response.headers.get("access-control-allow-origin")).toBe("*");
      }
      // The statements are cancelled as well.
      await expect.poll(waiting, { timeout: 20_000 }).toBe(0);
    });
    for (const path of paths.filter((path) => !path.includes("wait="))) {
      expect((await fetch(`${server.url}${path}`)).status).toBe(200);
    }
  },
);

it("the statement of a request is cancelled when its client disconnects", async () => {
  const patient = createApp({ database, logError: () => {} });
  const other = await listen(patient.handle);
  await whileLocked("records", async () => {
    const leaving = new AbortController();
    const gone = fetch(`${other.url}${paths[2]}`, { signal: leaving.signal }).catch(
      (error: Error) => error.name,
    );
    await expect.poll(waiting, { timeout: 20_000 }).toBe(1);
    leaving.abort();
    expect(await gone).toBe("AbortError");
    await expect.poll(waiting, { timeout: 20_000 }).toBe(0);
  });
  await other.close();
  await patient.close();
});

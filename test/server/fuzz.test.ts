import { afterAll, beforeAll, expect, it } from "vitest";
import { schema } from "../../src/api/schema.ts";
import { createApp, type RunningServer, startServer } from "../../src/server/index.ts";
import { ingestLibrary } from "../api/fixtures/library.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { fuzz } from "../fuzz/run.ts";

const requests = 250;
/** Seeds of runs that found a fault. */
const seeds: readonly number[] = [];

let database: TestDatabase;
let server: RunningServer;
const logged: unknown[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  await ingestLibrary(database);
  const app = createApp({ database, logError: (_message, error) => logged.push(error) });
  server = await startServer({ app, port: 0, host: "127.0.0.1" });
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

it.each([Math.floor(Math.random() * 2 ** 32), ...seeds])(
  "every random query gets an answer, or errors with codes (seed %i)",
  async (seed) => {
    const url = `${server.url}/graphql`;
    const goesOn = (sent: number) => sent < requests;
    const report = await fuzz({ url, schema, seed, concurrency: 4, goesOn });
    expect(report.faults).toEqual([]);
    expect(report.requests).toBe(requests);
    expect(logged).toEqual([]);
    // The queries include valid and invalid ones.
    expect(report.codes.get("none")).toBeGreaterThan(requests / 10);
    expect([...report.codes.keys()]).toContain("GRAPHQL_VALIDATION_FAILED");
  },
);

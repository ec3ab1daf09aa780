import { serverAudits } from "graphql-http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApp, type RunningServer, startServer } from "../../src/server/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";

let database: TestDatabase;
let server: RunningServer;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startServer({ app: createApp({ database }), port: 0, host: "127.0.0.1" });
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

/* The audits of the specification GraphQL over HTTP. */
describe("/graphql passes the audits of GraphQL over HTTP", () => {
  const audits = serverAudits({ url: () => `${server.url}/graphql`, fetchFn: fetch });

  it("has more than 50 audits", () => expect(audits.length).toBeGreaterThan(50));

  it.each(audits.map((audit) => [audit.name, audit] as const))("%s", async (_name, audit) => {
    const result = await audit.fn();
    const reason = result.status === "ok" ? "" : `${result.reason}`;
    expect({ status: result.status, reason }).toEqual({ status: "ok", reason: "" });
  });
});

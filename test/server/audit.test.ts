import { serverAudits } from "graphql-http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApp, type RunningServer, startServer } from "../../src/server/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";

/* GraphQL over HTTP as its specification has it, through both ways that a request may go. */
let database: TestDatabase;
const servers: Record<string, RunningServer> = {};
const ways: Readonly<Record<string, boolean>> = { "the short way": true, "graphql-yoga's own": false };

beforeAll(async () => {
  database = await createTestDatabase();
  for (const [way, fastPath] of Object.entries(ways)) {
    const app = createApp({ database, graphql: { fastPath } });
    servers[way] = await startServer({ app, port: 0, host: "127.0.0.1" });
  }
});
afterAll(async () => {
  for (const server of Object.values(servers)) await server.close();
  await database.drop();
});

describe.each(Object.keys(ways))("%s", (way) => {
  const audits = serverAudits({ url: () => `${servers[way]?.url}/graphql`, fetchFn: fetch });

  it("is audited", () => expect(audits.length).toBeGreaterThan(50));

  it.each(audits.map((audit) => [audit.name, audit] as const))("%s", async (_name, audit) => {
    const result = await audit.fn();
    const reason = result.status === "ok" ? "" : `${result.reason}`;
    expect({ status: result.status, reason }).toEqual({ status: "ok", reason: "" });
  });
});

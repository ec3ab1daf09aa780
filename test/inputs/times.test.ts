import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readInstant } from "../../src/protocol/index.ts";
import { type Client, createClient } from "../api/client.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { bundleOfPaper } from "../ingest/bundles.ts";
import { takeIn } from "../ingest/take-in.ts";

describe("row 24: a time", () => {
  it.each([
    ["2024-01-01T00:00:00+00:00", "2024-01-01T00:00:00.000000"],
    ["2024-01-01T00:00:00-00:00", "2024-01-01T00:00:00.000000"],
    ["2024-01-01T00:00:00.123456789Z", "2024-01-01T00:00:00.123456"],
    ["2024-01-01T00:00:00.9999999Z", "2024-01-01T00:00:00.999999"],
    ["2024-01-01T00:00:00,5Z", "2024-01-01T00:00:00.500000"],
    ["2024-01-01T00:00Z", "2024-01-01T00:00:00.000000"],
    ["2024-01-01", "2024-01-01T00:00:00.000000"],
    ["2024-01-01T01:30:00.5+05:30", "2023-12-31T20:00:00.500000"],
    ["2023-12-31T23:00-0200", "2024-01-01T01:00:00.000000"],
    ["2024-01-01T12+02".replace("12", "12:00"), "2024-01-01T10:00:00.000000"],
    ["2024-01-01t00:00:00z", "2024-01-01T00:00:00.000000"],
    ["2024-01-01 00:00:00 +01:00", "2023-12-31T23:00:00.000000"],
    ["2024-01-01T00:00:00", "2024-01-01T00:00:00.000000"],
    ["2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000000"],
    ["2024-02-29", "2024-02-29T00:00:00.000000"],
  ])("reads %s", (text, instant) => {
    expect(readInstant(text)).toBe(instant);
  });

  it.each([
    "yesterday",
    "",
    "2024",
    "2023-02-29",
    "2024-13-01",
    "2024-01-01T24:00Z",
    "2024-01-01T00:60Z",
    "2024-01-01T12:00:60Z",
    "2024-01-01T00:00:00+24:00",
    "2024-01-01T00:00:00+00:60",
    "0001-01-01T00:00:00+00:01",
    "9999-12-31T23:59:59-00:01",
    "2024-01-01T00:00:00.Z",
    "1704067200",
  ])("refuses %j", (text) => {
    expect(readInstant(text)).toBeNull();
  });
});

describe("row 24: events(filter: { since })", () => {
  let database: TestDatabase;
  let client: Client;
  beforeAll(async () => {
    database = await createTestDatabase();
    client = createClient(database);
    await takeIn(database, [bundleOfPaper({})]);
    await database.pool.query("UPDATE events SET received_at = '2024-01-01T00:00:00.123456Z'");
  });
  afterAll(() => database.drop());

  it.each([
    ["2024-01-01", 1],
    ["2024-01-02", 0],
    ["2024-01-01T00:00Z", 1],
    ["2024-01-01T00:01Z", 0],
    ["2024-01-01T01:00:00+01:00", 1],
    ["2024-01-01T00:00:00-01:00", 0],
    ["2024-01-01T00:00:00.123456Z", 1],
    ["2024-01-01T00:00:00.123456789Z", 1],
    ["2024-01-01T00:00:00.123457Z", 0],
  ])("takes %s as the instant it is", async (since, count) => {
    const source = "query ($since: DateTime!) { events(filter: { since: $since }) { totalCount } }";
    expect(await client.ask(source, { since })).toEqual({ events: { totalCount: count } });
  });

  it("refuses what is no time with BAD_USER_INPUT", async () => {
    const [error] = await client.errors('{ events(filter: { since: "2024-02-30" }) { totalCount } }');
    expect(error?.extensions["code"]).toBe("BAD_USER_INPUT");
    expect(error?.message).toContain("2026-06-01T02:00+02:00");
  });
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAnyInstant } from "../../src/protocol/index.ts";
import { type Client, createClient } from "../api/client.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { bundleOfPaper } from "../ingest/bundles.ts";
import { ingestDocuments } from "../ingest/ingest-documents.ts";

describe("readInstant", () => {
  /** @input I24 */
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
    ["20240101", "2024-01-01T00:00:00.000000"],
    ["20240101T013000Z", "2024-01-01T01:30:00.000000"],
    ["20240101T0130+0130", "2024-01-01T00:00:00.000000"],
    ["2024-01-01T01Z", "2024-01-01T01:00:00.000000"],
    ["2024-01-01T01+01", "2024-01-01T00:00:00.000000"],
    ["2024-01-01 00:00:00 UTC", "2024-01-01T00:00:00.000000"],
    ["2024-01-01Z", "2024-01-01T00:00:00.000000"],
    ["2024-01-01+01:00", "2023-12-31T23:00:00.000000"],
    ["2023-12-31T24:00Z", "2024-01-01T00:00:00.000000"],
    ["2024-02-28T24:00:00.000+01:00", "2024-02-28T23:00:00.000000"],
    ["2024\u201101\u201101", "2024-01-01T00:00:00.000000"],
    ["\uff12\uff10\uff12\uff14-01-01", "2024-01-01T00:00:00.000000"],
    ["1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.500000"],
    ["2016-12-31T18:59:60-05:00", "2017-01-01T00:00:00.000000"],
    [`2024-01-01T00:00:00.${"0".repeat(40)}Z`, "2024-01-01T00:00:00.000000"],
  ])("reads %s as %s", (text, instant) => {
    expect(parseAnyInstant(text)).toBe(instant);
  });

  it.each([
    "yesterday",
    "",
    "2024",
    "2023-02-29",
    "2024-13-01",
    "2024-01-01T24:00:01Z",
    "2024-01-01T25:00Z",
    "9999-12-31T24:00Z",
    "2024-0101",
    "202401-01",
    "2024-1-1",
    "01/02/2024",
    "10000-01-01",
    "+2024-01-01",
    "0000-01-01",
    "2024-01-01T00:60Z",
    "2024-01-01T12:00:60Z",
    "2024-01-01T00:00:00+24:00",
    "2024-01-01T00:00:00+00:60",
    "0001-01-01T00:00:00+00:01",
    "9999-12-31T23:59:59-00:01",
    "2024-01-01T00:00:00.Z",
    "1704067200",
  ])("rejects %j", (text) => {
    expect(parseAnyInstant(text)).toBeNull();
  });
});

describe("events(filter: { since: })", () => {
  let database: TestDatabase;
  let client: Client;
  beforeAll(async () => {
    database = await createTestDatabase();
    client = createClient(database);
    await ingestDocuments(database, [bundleOfPaper({})]);
    await database.pool.query("UPDATE events SET received_at = '2024-01-01T00:00:00.123456Z'");
  });
  afterAll(() => database.drop());

  /** @input I24 */
  it.each([
    ["2024-01-01", 1],
    ["2024-01-02", 0],
    ["2024-01-01T00:00:00+00:00", 1],
    ["2024-01-01T00:00Z", 1],
    ["2024-01-01T00:01Z", 0],
    ["2024-01-01T01:00:00+01:00", 1],
    ["2024-01-01T00:00:00-01:00", 0],
    ["2024-01-01T00:00:00.123456Z", 1],
    ["2024-01-01T00:00:00.123456789Z", 1],
    ["2024-01-01T00:00:00.123457Z", 0],
  ])("with since %s matches %i events", async (since, count) => {
    const source = "query ($since: DateTime!) { events(filter: { since: $since }) { totalCount } }";
    expect(await client.ask(source, { since })).toEqual({ events: { totalCount: count } });
  });

  it("rejects 30 February with BAD_USER_INPUT", async () => {
    const [error] = await client.errors('{ events(filter: { since: "2024-02-30" }) { totalCount } }');
    expect(error?.extensions["code"]).toBe("BAD_USER_INPUT");
    expect(error?.message).toContain("2026-06-01T02:00+02:00");
  });
});

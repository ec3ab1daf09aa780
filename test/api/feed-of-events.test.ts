import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { ingestDocuments } from "../ingest/ingest-documents.ts";
import { registry, signedEvent } from "../protocol/signed-events.ts";
import { type Client, createClient } from "./client.ts";
import { documentOf } from "./fixtures/documents.ts";

let database: TestDatabase;
let client: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  client = createClient(database);
});
afterAll(() => database.drop());

type Page = {
  totalCount: number;
  nodes: {
    eventId: string;
    type: string;
    status: string;
    receivedAt: string;
    signer: { fingerprint: string };
  }[];
  pageInfo: { endCursor: string | null; hasNextPage: boolean; hasPreviousPage: boolean };
};

async function page(filter: string, first: number, after: string | null): Promise<Page> {
  const source = `query ($first: Int, $after: String) { events(first: $first, after: $after${filter === "" ? "" : `, filter: ${filter}`}) {
    totalCount nodes { eventId type status receivedAt signer { fingerprint } } pageInfo { endCursor hasNextPage hasPreviousPage } } }`;
  return (await client.ask<{ events: Page }>(source, { first, after })).events;
}

/** A paper with two events, and a third of an unknown type if `isOdd`. */
function document(number: number, isOdd = false): string {
  return documentOf({
    arxivId: `2402.${String(number).padStart(5, "0")}`,
    submittedAt: "2024-02-01T00:00:00Z",
    title: `Paper ${number}`,
    more: ({ pithNumber }) =>
      isOdd
        ? [
            signedEvent(registry, {
              event_type: "proclamation",
              subject_pith_number: pithNumber,
              payload: { number },
            }),
          ]
        : [],
  }).text;
}

describe("Query.events", () => {
  it("returns each event once and in order to a reader that follows four concurrent writers", async () => {
    const writers = 4;
    const documentsOfEach = 30;
    let isWriting = true;
    const seen: string[] = [];
    let after: string | null = null;
    const follow = async () => {
      const { nodes, pageInfo } = await page("", 7, after);
      seen.push(...nodes.map(({ eventId }) => eventId));
      after = pageInfo.endCursor ?? after;
      return nodes.length;
    };
    const follower = (async () => {
      while (isWriting) await follow();
    })();
    await Promise.all(
      Array.from({ length: writers }, async (_, writer) => {
        for (let nth = 0; nth < documentsOfEach; nth += 3) {
          const numbers = [0, 1, 2].map((more) => writer * documentsOfEach + nth + more);
          await ingestDocuments(
            database,
            numbers.map((number) => document(number, number % 10 === 0)),
          );
        }
      }),
    );
    isWriting = false;
    await follower;
    while ((await follow()) > 0);
    const { rows } = await database.pool.query<{ id: string }>(
      "SELECT 'sha256:' || encode(event_id, 'hex') AS id FROM events ORDER BY position",
    );
    expect(seen).toEqual(rows.map(({ id }) => id));
    expect(rows).toHaveLength(2 * writers * documentsOfEach + (writers * documentsOfEach) / 10);
    // Positions have no gaps, and receivedAt ascends with them.
    const order = await database.pool.query(
      `SELECT count(*) FILTER (WHERE position <> nth) AS gaps, count(*) FILTER (WHERE received_at < before) AS back
       FROM (SELECT position, received_at, row_number() OVER w AS nth, lag(received_at) OVER w AS before
             FROM events WINDOW w AS (ORDER BY position))`,
    );
    expect(order.rows).toEqual([{ gaps: "0", back: "0" }]);
  });

  it("receivedAt never decreases, even if the clock is set back", async () => {
    await database.pool.query(
      "UPDATE events SET received_at = received_at + interval '1 day' WHERE position = (SELECT max(position) FROM events)",
    );
    await ingestDocuments(database, [document(900)]);
    const { rows } = await database.pool.query(
      "SELECT count(DISTINCT received_at)::int AS times FROM (SELECT received_at FROM events ORDER BY position DESC LIMIT 3)",
    );
    expect(rows).toEqual([{ times: 1 }]);
  });

  it.each([
    ["{ types: [UNKNOWN] }", "type NOT IN ('record_created', 'graph_snapshot')"],
    ["{ types: [RECORD_CREATED, UNKNOWN] }", "type <> 'graph_snapshot'"],
    ["{ types: [] }", "false"],
    ["{ statuses: [INVALID] }", "status = 'invalid'"],
    ["{ statuses: [CURRENT, SUPERSEDED] }", "status IN ('current', 'superseded')"],
    ["{ statuses: [NOT_APPLIED] }", "status = 'not_applied'"],
    ['{ signers: ["$signer"] }', "true"],
    ['{ signers: ["00000000000000000000000000000000", "\\u0000"] }', "false"],
    ['{ types: [UNKNOWN], statuses: [INVALID], signers: ["$signer"] }', "status = 'invalid'"],
    ['{ since: "$since" }', "received_at >= '$since'"],
    ['{ since: "2999-01-01T00:00:00Z" }', "false"],
    ['{ since: "2000-01-01T00:00:00Z", types: [GRAPH_SNAPSHOT] }', "type = 'graph_snapshot'"],
  ])("filter %s returns each matching event once, for any page size", async (filter, condition) => {
    const middle = await database.pool.query<{ since: string; signer: string }>(
      `SELECT to_char(received_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS since, fingerprint AS signer FROM events WHERE position = 100`,
    );
    const fill = (text: string) =>
      text.replace("$since", middle.rows[0]?.since ?? "").replace("$signer", middle.rows[0]?.signer ?? "");
    const { rows } = await database.pool.query<{ id: string }>(
      `SELECT 'sha256:' || encode(event_id, 'hex') AS id FROM events WHERE ${fill(condition)} ORDER BY position`,
    );
    for (const size of [5, 100]) {
      const ids: string[] = [];
      for (let after: string | null = null; ; ) {
        const found = await page(fill(filter), size, after);
        ids.push(...found.nodes.map(({ eventId }) => eventId));
        expect(found.totalCount).toBe(rows.length);
        expect(found.pageInfo.hasPreviousPage).toBe(after !== null);
        if (!found.pageInfo.hasNextPage) break;
        after = found.pageInfo.endCursor;
      }
      expect(ids).toEqual(rows.map(({ id }) => id));
    }
  });

  it("pages backward from the last event with last and before", async () => {
    const source = `query ($before: String) { events(last: 17, before: $before, filter: { types: [RECORD_CREATED] }) {
      nodes { eventId } pageInfo { startCursor hasNextPage hasPreviousPage } } }`;
    type Back = {
      nodes: { eventId: string }[];
      pageInfo: { startCursor: string | null; hasNextPage: boolean; hasPreviousPage: boolean };
    };
    const ids: string[] = [];
    for (let before: string | null = null; ; ) {
      const { nodes, pageInfo }: Back = (await client.ask<{ events: Back }>(source, { before })).events;
      ids.unshift(...nodes.map(({ eventId }) => eventId));
      expect(pageInfo.hasNextPage).toBe(before !== null);
      if (!pageInfo.hasPreviousPage) break;
      before = pageInfo.startCursor;
    }
    const { rows } = await database.pool.query<{ id: string }>(
      "SELECT 'sha256:' || encode(event_id, 'hex') AS id FROM events WHERE type = 'record_created' ORDER BY position",
    );
    expect(ids).toEqual(rows.map(({ id }) => id));
    expect(ids.length).toBeGreaterThan(2 * 17);
  });

  it.each(['{ since: "yesterday" }', `{ signers: ${JSON.stringify(Array(101).fill("a"))} }`])(
    "rejects the filter %.30s… with BAD_USER_INPUT",
    async (filter) => {
      const [error] = await client.errors(`{ events(filter: ${filter}) { totalCount } }`);
      expect(error?.extensions["code"]).toBe("BAD_USER_INPUT");
    },
  );
});

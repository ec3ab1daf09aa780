import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { type Client, createClient } from "./client.ts";
import {
  arxivIdOf,
  citedOnlyArxivId,
  forkedPaper,
  hubArxivId,
  hubCiters,
  ingestLibrary,
  invalidPaper,
  type Library,
  paperCount,
  sampledPaper,
  supersededPaper,
} from "./fixtures/library.ts";

let database: TestDatabase;
let client: Client;
let library: Library;

beforeAll(async () => {
  database = await createTestDatabase();
  library = await ingestLibrary(database);
  client = createClient(database);
});
afterAll(() => database.drop());

describe("papers(filter:)", () => {
  type Found = { title: string; submittedAt: string; verification: { proof: string; equivocations: number } };
  async function papers(filter: string): Promise<Found[]> {
    const source = `{ papers(first: 100, filter: ${filter}) { totalCount nodes {
      title submittedAt verification { proof equivocations } } } }`;
    const { papers } = await client.ask<{ papers: { totalCount: number; nodes: Found[] } }>(source);
    if (papers.totalCount <= 100) expect(papers.nodes).toHaveLength(papers.totalCount);
    return papers.nodes;
  }

  it("filters by title case-insensitively and treats % and _ literally", async () => {
    expect(await papers('{ titleContains: "100% OF A_title\\\\WITH" }')).toHaveLength(1);
    expect(await papers('{ titleContains: "%" }')).toHaveLength(1);
    expect(await papers('{ titleContains: "_" }')).toHaveLength(1);
    expect(await papers('{ titleContains: "Paper 12 " }')).toHaveLength(1);
    expect(await papers('{ titleContains: "\\u0000" }')).toHaveLength(0);
  });

  it("filters by year including both ends, and rejects the year 10000 with BAD_USER_INPUT", async () => {
    const found = await papers("{ yearFrom: 2016, yearTo: 2017 }");
    expect(new Set(found.map(({ submittedAt }) => submittedAt.slice(0, 4)))).toEqual(
      new Set(["2016", "2017"]),
    );
    expect(await papers("{ yearFrom: 2018, yearTo: 2017 }")).toHaveLength(0);
    expect(await papers("{ yearTo: 9999, yearFrom: 1 }")).toHaveLength(100);
    const [error] = await client.errors("{ papers(filter: { yearFrom: 10000 }) { totalCount } }");
    expect(error?.extensions["code"]).toBe("BAD_USER_INPUT");
  });

  it("filters by primary and cross-listed categories, and an empty list matches nothing", async () => {
    expect(await papers('{ categories: ["stat.ML"], titleContains: "graphs" }')).toHaveLength(12);
    expect(await papers('{ categories: ["nothing", "a\\u0000b"] }')).toHaveLength(0);
    expect(await papers("{ categories: [] }")).toHaveLength(0);
  });

  it("filters by proof, equivocations and citation count", async () => {
    for (const proof of ["SIGNED", "HASH"]) {
      const found = await papers(`{ proof: ${proof} }`);
      expect(found.length).toBeGreaterThan(0);
      expect(new Set(found.map(({ verification }) => verification.proof))).toEqual(new Set([proof]));
    }
    const forked = await papers("{ hasEquivocations: true }");
    expect(forked.map(({ title }) => title)).toHaveLength(1);
    expect((await papers('{ hasEquivocations: false, titleContains: "Paper 5 " }')).length).toBe(0);
    const cited = await papers(`{ minCitedBy: ${hubCiters} }`);
    expect(cited.map(({ title }) => title)).toEqual(["The hub"]);
  });

  it("lists the equivocations of a paper with the competing events", async () => {
    const { papers } = await client.ask<{
      papers: {
        nodes: {
          verification: { equivocations: number };
          equivocations: {
            type: string;
            target: string;
            signer: { fingerprint: string };
            events: { type: string; target: string; status: string; signer: { fingerprint: string } }[];
          }[];
        }[];
      };
    }>(`{ papers(filter: { hasEquivocations: true }) { nodes { verification { equivocations } equivocations {
        type target signer { fingerprint } events { type target status signer { fingerprint } } } } } }`);
    for (const { verification, equivocations } of papers.nodes) {
      expect(equivocations).toHaveLength(verification.equivocations);
      for (const { type, target, signer, events } of equivocations) {
        expect(events.length).toBeGreaterThan(1);
        expect(events).toEqual(events.map(({ status }) => ({ type, target, status, signer })));
        expect(events[0]?.status).not.toBe("NOT_APPLIED");
        expect(new Set(events.slice(1).map(({ status }) => status))).toEqual(new Set(["NOT_APPLIED"]));
      }
    }
    expect(await client.ask('{ paper(ref: "2302.12192") { equivocations { target } } }')).toEqual({
      paper: { equivocations: [] },
    });
  });

  it("orders papers by citation count with CITED_BY_DESC", async () => {
    type Ordered = { papers: { nodes: { work: { citedByCount: number } }[] } };
    const { papers } = await client.ask<Ordered>(
      "{ papers(first: 100, orderBy: CITED_BY_DESC) { nodes { work { citedByCount } } } }",
    );
    const counts = papers.nodes.map(({ work }) => work.citedByCount);
    expect(counts).toEqual([...counts].sort((a, b) => b - a));
    expect(counts[0]).toBe(hubCiters + paperCount);
  });
});

describe("claims(filter:)", () => {
  async function count(filter: string): Promise<number> {
    const { claims } = await client.ask<{ claims: { totalCount: number; nodes: unknown[] } }>(
      `{ claims(first: 100, filter: ${filter}) { totalCount nodes { kind } } }`,
    );
    expect(claims.nodes).toHaveLength(Math.min(100, claims.totalCount));
    return claims.totalCount;
  }

  it.each([
    ["{ kinds: [OTHER] }", paperCount / 6],
    ["{ kinds: [] }", 0],
    ['{ text: "CLAIM 0 OF PAPER 11" }', 1],
    [`{ papers: ["${arxivIdOf(11)}", "2302.12192", "2302.99999"] }`, 9],
    ['{ papers: ["2302.12192"], categories: ["cs.AI"] }', 4],
    ['{ papers: ["2302.12192"], proof: HASH }', 4],
    ['{ papers: ["2302.12192"], proof: SIGNED }', 0],
    ["{ papers: [] }", 0],
  ])("%s matches %i claims", async (filter, expected) => {
    expect(await count(filter)).toBe(expected);
  });

  it("rejects an unreadable ref with BAD_USER_INPUT", async () => {
    const [error] = await client.errors('{ claims(filter: { papers: ["??"] }) { totalCount } }');
    expect(error?.extensions["code"]).toBe("BAD_USER_INPUT");
  });
});

describe("Paper", () => {
  it("returns all fields of the registry's own document", async () => {
    const source = `{ paper(ref: "2302.12192") {
      pithNumber shortPithNumber source { kind identifier version } title authors license primaryCategory crossCategories
      submittedAt aliases { kind value createdAt } headline
      referenceCoverage { asserted listed resolvedWorks internalAnchors stored complete }
      verification { proof recordHash receipt titleBinding claimsHash referencesHash publishedStateHash equivocations invalidEvents }
      state { mergeVersion eventCount validEventCount invalidEventCount equivocationCount appliedEventIds }
      claims(first: 1) { nodes { claimId kind status attestation source
        provenance { proof signer { keyId fingerprint signerId signerType } event { eventId type status proof target } } } }
      references(first: 1) { totalCount nodes { refIndex title year doi citedArxivId isInternalAnchor
        work { workIds arxivId doi title citedByCount referenceCount papers { title } paper { title } }
        citedPaper { title } citingPaper { shortPithNumber } } }
      work { referenceCount arxivId doi year citedByCount }
    } }`;
    const { paper } = await client.ask<{ paper: unknown }>(source);
    expect(paper).toMatchSnapshot();
  });

  it("referenceCoverage distinguishes asserted, listed and stored references", async () => {
    const source = (index: number) =>
      `{ paper(ref: "${arxivIdOf(index)}") { referenceCoverage { asserted listed stored complete } } }`;
    expect(await client.ask(source(sampledPaper))).toEqual({
      paper: { referenceCoverage: { asserted: 40, listed: 11, stored: 7, complete: false } },
    });
    expect(await client.ask(source(51))).toMatchObject({
      paper: { referenceCoverage: { asserted: 11, listed: 11, stored: 5, complete: true } },
    });
  });

  it("events show forks, superseded and invalid events with their status", async () => {
    const events = async (index: number) => {
      const source = `{ paper(ref: "${arxivIdOf(index)}") { verification { equivocations invalidEvents }
        events { totalCount nodes { type status invalidReason prevEvent { type } supersedes { type } prevEventId supersedesIds } } } }`;
      return (await client.ask<{ paper: { events: { nodes: unknown[] } } }>(source)).paper;
    };
    expect(await events(forkedPaper)).toMatchObject({
      verification: { equivocations: 1, invalidEvents: 0 },
      events: {
        totalCount: 3,
        nodes: [{ status: "CURRENT" }, { status: "CURRENT" }, { status: "NOT_APPLIED" }],
      },
    });
    expect(await events(supersededPaper)).toMatchObject({
      events: {
        nodes: [
          { type: "RECORD_CREATED", prevEvent: null, prevEventId: null },
          {
            type: "GRAPH_SNAPSHOT",
            status: "SUPERSEDED",
            prevEvent: { type: "RECORD_CREATED" },
            supersedes: [],
          },
          {
            status: "CURRENT",
            prevEvent: { type: "GRAPH_SNAPSHOT" },
            supersedes: [{ type: "GRAPH_SNAPSHOT" }],
          },
        ],
      },
    });
    expect(await events(invalidPaper)).toMatchObject({
      verification: { invalidEvents: 1 },
      events: {
        nodes: [{}, {}, { type: "UNKNOWN", status: "INVALID", invalidReason: "UNKNOWN_EVENT_TYPE" }],
      },
    });
  });

  it("citedBy counts citing papers, and Work.citedByCount citing works", async () => {
    const hub = await client.ask(
      `{ paper(ref: "${hubArxivId}") { citedBy(first: 1) { totalCount } work { citedByCount citedBy { totalCount } } } }`,
    );
    // Three versions of a work are three citing papers but one citing work.
    const total = { totalCount: hubCiters + paperCount + 2 };
    expect(hub).toEqual({
      paper: { citedBy: total, work: { citedByCount: hubCiters + paperCount, citedBy: total } },
    });
    const notStored = await client.ask(
      `{ work(ref: "${citedOnlyArxivId}") { paper { title } papers { title } referenceCount arxivId workIds } }`,
    );
    expect(notStored).toEqual({
      work: { paper: null, papers: [], referenceCount: null, arxivId: citedOnlyArxivId, workIds: [] },
    });
  });
});

describe("event and status", () => {
  it("event finds an event by its id, and rejects a malformed id with BAD_USER_INPUT", async () => {
    const source =
      "query ($id: String!) { event(id: $id) { eventId createdAt receivedAt signer { signerId } paper { pithNumber } } }";
    const { paper } = await client.ask<{ paper: { events: { nodes: { eventId: string }[] } } }>(
      `{ paper(ref: "${library.versions[0]?.pithNumber}") { events { nodes { eventId } } } }`,
    );
    const id = paper.events.nodes[1]?.eventId ?? "";
    expect(await client.ask(source, { id })).toMatchObject({
      event: {
        eventId: id,
        createdAt: "2026-06-02T12:00:00.500000Z",
        receivedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
        paper: { pithNumber: library.versions[0]?.pithNumber },
      },
    });
    expect(await client.ask(source, { id: `sha256:${"0".repeat(64)}` })).toEqual({ event: null });
    const [error] = await client.errors(source, { id: "sha256:0" });
    expect(error?.extensions["code"]).toBe("BAD_USER_INPUT");
  });

  it("status counts the rows that are stored", async () => {
    const source = `{ status { papers works claims citations events invalidEvents rejectedDocuments graphVersion softwareVersion } }`;
    const { rows } = await database.pool.query(
      `SELECT (SELECT count(*)::int FROM papers) papers, (SELECT count(*)::int FROM works) works,
        (SELECT count(*)::int FROM claims) claims, (SELECT count(*)::int FROM citations) citations,
        (SELECT count(*)::int FROM events) events, (SELECT coalesce(max(position), 0)::text FROM graph_changes) "graphVersion"`,
    );
    expect(await client.ask(source)).toEqual({
      status: { ...rows[0], invalidEvents: 1, rejectedDocuments: 0, softwareVersion: "0.1.0" },
    });
  });
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ingest } from "../../src/ingest/index.ts";
import { createKeyring } from "../../src/protocol/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { registry } from "../protocol/signed-events.ts";
import { type Client, createClient } from "./client.ts";
import { documentOf, referenceOf, type SyntheticPaper } from "./fixtures/documents.ts";
import { arxivIdOf, hubArxivId, ingestLibrary, ingestTexts, versionedPaper } from "./fixtures/library.ts";

let database: TestDatabase;
let client: Client;

/** Stored without a snapshot, and cited below. */
const bare = documentOf({ arxivId: "2305.00001", submittedAt: "2023-05-01T00:00:00Z", title: "Unseen" });

beforeAll(async () => {
  database = await createTestDatabase();
  await ingestLibrary(database);
  const { events, ...rest } = JSON.parse(bare.text) as { events: { event_type: string }[] };
  const withoutSnapshot = {
    ...rest,
    events: events.filter((event) => event.event_type === "record_created"),
  };
  await ingestTexts(database, [
    JSON.stringify(withoutSnapshot),
    documentOf({
      arxivId: "2305.00002",
      submittedAt: "2023-05-02T00:00:00Z",
      title: "Cites what has no title",
      references: [referenceOf(1, { arxivId: "2305.00001", title: "The title that is cited" })],
    }).text,
    documentOf({ arxivId: "2305.00003", submittedAt: "2023-05-03T00:00:00Z", title: "Cites nothing" }).text,
    withoutSignature("record_created", { arxivId: "2305.00004", title: "Its record is unsigned" }),
    withoutSignature("graph_snapshot", { arxivId: "2305.00005", title: "Its snapshot is unsigned" }),
  ]);
  client = createClient(database);
});
afterAll(() => database.drop());

/** A document of two events, the snapshot linked to the record, one of them without a signature. */
function withoutSignature(type: string, paper: Pick<SyntheticPaper, "arxivId" | "title">): string {
  const { text } = documentOf({ ...paper, submittedAt: "2023-05-04T00:00:00Z" });
  const { events, ...rest } = JSON.parse(text) as { events: { event_type: string; signature?: unknown }[] };
  for (const event of events) if (event.event_type === type) delete event.signature;
  return JSON.stringify({ ...rest, events });
}

type Provenance = {
  proof: string;
  signer: { signerId: string };
  event: { eventId: string; type: string };
} | null;
const provenanceFields = "{ proof signer { signerId } event { eventId type } }";

describe("Paper", () => {
  it("names the event behind its record, snapshot, verdict, claims and references", async () => {
    type Answer = {
      paper: {
        recordProvenance: Provenance;
        snapshotProvenance: Provenance;
        verdict: { provenance: Provenance } | null;
        claims: { nodes: { provenance: Provenance }[] };
        references: { nodes: { provenance: Provenance }[] };
      };
    };
    const { paper } = await client.ask<Answer>(
      `{ paper(ref: "2302.12192") { recordProvenance ${provenanceFields} snapshotProvenance ${provenanceFields} verdict { provenance ${provenanceFields} }
         claims { nodes { provenance ${provenanceFields} } } references { nodes { provenance ${provenanceFields} } } } }`,
    );
    expect(paper.recordProvenance).toMatchObject({
      proof: "RECEIPT",
      signer: { signerId: "pith.science" },
      event: { type: "RECORD_CREATED" },
    });
    expect(paper.snapshotProvenance).toMatchObject({ proof: "HASH", event: { type: "GRAPH_SNAPSHOT" } });
    const others = [paper.verdict, ...paper.claims.nodes, ...paper.references.nodes];
    expect(others.length).toBeGreaterThan(5);
    for (const other of others) expect(other?.provenance).toEqual(paper.snapshotProvenance);
  });

  it("distinguishes unknown references from none: a paper without a snapshot has no count", async () => {
    type Answer = Record<string, { [key: string]: unknown }>;
    const fields = `{ title recordProvenance { proof } snapshotProvenance { proof } verdict { verdictId }
      referenceCoverage { asserted listed complete } references { totalCount } work { title year } }`;
    const { unknown, none } = await client.ask<Answer>(
      `{ unknown: paper(ref: "2305.00001") ${fields} none: paper(ref: "2305.00003") ${fields} }`,
    );
    expect(unknown).toEqual({
      title: null,
      recordProvenance: { proof: "SIGNED" },
      snapshotProvenance: null,
      verdict: null,
      referenceCoverage: { asserted: null, listed: 0, complete: false },
      references: { totalCount: 0 },
      // Without a snapshot the work has the title that references give it, and its own year.
      work: { title: "The title that is cited", year: 2023 },
    });
    expect(none).toMatchObject({
      title: "Cites nothing",
      snapshotProvenance: { proof: "SIGNED" },
      referenceCoverage: { asserted: 0, listed: 0, complete: true },
      references: { totalCount: 0 },
    });
  });
});

describe("Event.effectiveProof", () => {
  it.each([
    // A signed event vouches for the events that it links to, not for those that link to it.
    ["2305.00004", "RECEIPT", "SIGNED", "SIGNED", "SIGNED"],
    ["2305.00005", "SIGNED", "SIGNED", "HASH", "HASH"],
  ])(
    "of paper %s: record with proof %s has %s, snapshot with proof %s has %s",
    async (ref, recordProof, recordEffective, snapshotProof, snapshotEffective) => {
      const { paper } = await client.ask<{ paper: { events: { nodes: unknown[] } } }>(
        `{ paper(ref: "${ref}") { events { nodes { type proof effectiveProof } } } }`,
      );
      expect(paper.events.nodes).toEqual([
        { type: "RECORD_CREATED", proof: recordProof, effectiveProof: recordEffective },
        { type: "GRAPH_SNAPSHOT", proof: snapshotProof, effectiveProof: snapshotEffective },
      ]);
    },
  );
});

describe("the edges of citationGraph", () => {
  type Edge = {
    citing: { arxivId: string };
    cited: { arxivId: string };
    provenance: Provenance;
    references: { citingPaper: { pithNumber: string }; citedArxivId: string; provenance: Provenance }[];
  };
  const graph = (
    roots: string,
    maxNodes: number,
  ) => `{ citationGraph(roots: ["${roots}"], depth: 1, maxNodes: ${maxNodes}) {
    edges { citing { arxivId } cited { arxivId } provenance ${provenanceFields}
      references(first: 100) { citingPaper { pithNumber } citedArxivId provenance ${provenanceFields} } } } }`;

  it("list the references of every citing version, best proved first", async () => {
    const root = arxivIdOf(versionedPaper);
    const { citationGraph } = await client.ask<{ citationGraph: { edges: Edge[] } }>(graph(root, 20));
    const { edges } = citationGraph;
    expect(edges.length).toBeGreaterThan(5);
    const toHub = edges.find(({ citing, cited }) => citing.arxivId === root && cited.arxivId === hubArxivId);
    expect(new Set(toHub?.references.map(({ citingPaper }) => citingPaper.pithNumber)).size).toBe(3);
    const order = ["SIGNED", "RECEIPT", "HASH"];
    for (const { provenance, references, cited } of edges) {
      const proofs = references.map((reference) => order.indexOf(reference.provenance?.proof ?? ""));
      expect(proofs).toEqual([...proofs].sort());
      expect(provenance).toEqual(references[0]?.provenance);
      for (const { citedArxivId } of references) {
        if (citedArxivId !== null) expect(citedArxivId).toBe(cited.arxivId);
      }
    }
  });

  it("make as many statements for many edges as for few", async () => {
    const edgesOf = async (maxNodes: number) => {
      const { citationGraph } = await client.ask<{ citationGraph: { edges: Edge[] } }>(
        graph(arxivIdOf(30), maxNodes),
      );
      return citationGraph.edges.length;
    };
    expect(await edgesOf(12)).toBeGreaterThan(2 * (await edgesOf(5)));
    const few = await client.statements(graph(arxivIdOf(30), 5));
    const many = await client.statements(graph(arxivIdOf(30), 12));
    expect(many.length).toBe(few.length);
    const plans = await client.plans(graph(arxivIdOf(30), 12));
    // The statement that reads the references of the edges.
    expect(
      plans.some((plan) => /PARTITION BY "papers"."work_id", "references"."cited_work_id"/.test(plan)),
    ).toBe(true);
  });
});

it("Work.title becomes the paper's own title once its snapshot is stored", async () => {
  const summary = await ingest(
    database,
    (async function* () {
      yield { source: "test", bytes: Buffer.from(bare.text, "utf8") };
    })(),
    {
      keyring: createKeyring([registry]),
      minimumProof: "signed",
      maximumBytes: 1_000_000,
      onRejection: () => {},
    },
  );
  expect(summary.documents).toBe(1);
  const { paper } = await client.ask<{ paper: { title: string; work: { title: string } } }>(
    '{ paper(ref: "2305.00001") { title work { title } } }',
  );
  expect(paper).toEqual({ title: "Unseen", work: { title: "Unseen" } });
});

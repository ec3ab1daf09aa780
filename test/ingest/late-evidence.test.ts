import { afterAll, beforeAll, expect, test } from "vitest";

import { checkTables } from "../../src/maintenance/index.ts";
import type { JsonObject } from "../../src/protocol/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { keyring } from "../protocol/signed-events.ts";
import { bundleOfPaper, snapshotEvent, testPaper } from "./bundles.ts";
import { ingestDocuments } from "./ingest-documents.ts";
import { randomFrom } from "./random.ts";
import { clearTables, readTables } from "./tables.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

// ---- The documents. Papers are named by the last digit of their arXiv id: P1 is 2301.00001.

type Paper = { readonly nth: number; readonly version?: number; readonly title: string };

function planOf({ nth, version = 1 }: Paper) {
  return { arxivId: `2301.0000${nth}`, version };
}

function document(paper: Paper, references: JsonObject[], fields: JsonObject = {}): string {
  const { title } = paper;
  return bundleOfPaper(planOf(paper), (made) => [
    snapshotEvent(made, { paper: { title }, references, ...fields }),
  ]);
}

const p2 = { cited_arxiv_id: "2301.00002", title: "P2 as cited" };
const u = { work_id: "U", title: "U as cited" };
const v = { work_id: "V", title: "V as cited" };
const both = (reference: JsonObject) => ({ ...reference, ...p2 });

const p4 = { nth: 4, title: "P4" };
const p4First = snapshotEvent(testPaper(planOf(p4)), { paper: { title: "P4" }, references: [both(u)] });

/** Each document, and the graph after the import of all documents up to this one. */
const story: readonly {
  readonly change: string;
  readonly text: string;
  readonly graph: {
    readonly works: readonly string[];
    readonly citations: readonly string[];
    readonly identifiers: readonly string[];
  };
}[] = [
  {
    change: "a citation before its cited paper",
    text: document({ nth: 1, title: "P1" }, [p2]),
    graph: {
      works: [
        "arxiv:2301.00001 'P1' v1, cited by 0 works in 0 papers, cites 1",
        "arxiv:2301.00002 'P2 as cited' no paper, cited by 1 works in 1 papers, cites 0",
      ],
      citations: ["arxiv:2301.00001 > arxiv:2301.00002"],
      identifiers: ["arxiv:2301.00001 is arxiv:2301.00001", "arxiv:2301.00002 is arxiv:2301.00002"],
    },
  },
  {
    change: "the cited paper arrives: the work gets the paper and its title",
    text: document({ nth: 2, title: "P2" }, []),
    graph: {
      works: [
        "arxiv:2301.00001 'P1' v1, cited by 0 works in 0 papers, cites 1",
        "arxiv:2301.00002 'P2' v1, cited by 1 works in 1 papers, cites 0",
      ],
      citations: ["arxiv:2301.00001 > arxiv:2301.00002"],
      identifiers: ["arxiv:2301.00001 is arxiv:2301.00001", "arxiv:2301.00002 is arxiv:2301.00002"],
    },
  },
  {
    change: "a work identified by UUID only",
    text: document({ nth: 3, title: "P3" }, [u]),
    graph: {
      works: [
        "arxiv:2301.00001 'P1' v1, cited by 0 works in 0 papers, cites 1",
        "arxiv:2301.00002 'P2' v1, cited by 1 works in 1 papers, cites 0",
        "arxiv:2301.00003 'P3' v1, cited by 0 works in 0 papers, cites 1",
        "work_id:U 'U as cited' no paper, cited by 1 works in 1 papers, cites 0",
      ],
      citations: ["arxiv:2301.00001 > arxiv:2301.00002", "arxiv:2301.00003 > work_id:U"],
      identifiers: [
        "arxiv:2301.00001 is arxiv:2301.00001",
        "arxiv:2301.00002 is arxiv:2301.00002",
        "arxiv:2301.00003 is arxiv:2301.00003",
        "work_id:U is work_id:U",
      ],
    },
  },
  {
    change: "the UUID turns out to be the paper: works that cited the UUID now cite the paper",
    text: bundleOfPaper(planOf(p4), () => [p4First]),
    graph: {
      works: [
        "arxiv:2301.00001 'P1' v1, cited by 0 works in 0 papers, cites 1",
        "arxiv:2301.00002 'P2' v1, cited by 3 works in 3 papers, cites 0",
        "arxiv:2301.00003 'P3' v1, cited by 0 works in 0 papers, cites 1",
        "arxiv:2301.00004 'P4' v1, cited by 0 works in 0 papers, cites 1",
      ],
      citations: [
        "arxiv:2301.00001 > arxiv:2301.00002",
        "arxiv:2301.00003 > arxiv:2301.00002",
        "arxiv:2301.00004 > arxiv:2301.00002",
      ],
      identifiers: [
        "arxiv:2301.00001 is arxiv:2301.00001",
        "arxiv:2301.00002 is arxiv:2301.00002",
        "arxiv:2301.00003 is arxiv:2301.00003",
        "arxiv:2301.00004 is arxiv:2301.00004",
        "work_id:U is arxiv:2301.00002",
      ],
    },
  },
  {
    change: "a second paper names the UUID alone: two against one, so the UUID is a work of its own again",
    text: document({ nth: 5, title: "P5" }, [u, v]),
    graph: {
      works: [
        "arxiv:2301.00001 'P1' v1, cited by 0 works in 0 papers, cites 1",
        "arxiv:2301.00002 'P2' v1, cited by 2 works in 2 papers, cites 0",
        "arxiv:2301.00003 'P3' v1, cited by 0 works in 0 papers, cites 1",
        "arxiv:2301.00004 'P4' v1, cited by 0 works in 0 papers, cites 1",
        "arxiv:2301.00005 'P5' v1, cited by 0 works in 0 papers, cites 2",
        "work_id:U 'U as cited' no paper, cited by 2 works in 2 papers, cites 0",
        "work_id:V 'V as cited' no paper, cited by 1 works in 1 papers, cites 0",
      ],
      citations: [
        "arxiv:2301.00001 > arxiv:2301.00002",
        "arxiv:2301.00003 > work_id:U",
        "arxiv:2301.00004 > arxiv:2301.00002",
        "arxiv:2301.00005 > work_id:U",
        "arxiv:2301.00005 > work_id:V",
      ],
      identifiers: [
        "arxiv:2301.00001 is arxiv:2301.00001",
        "arxiv:2301.00002 is arxiv:2301.00002",
        "arxiv:2301.00003 is arxiv:2301.00003",
        "arxiv:2301.00004 is arxiv:2301.00004",
        "arxiv:2301.00005 is arxiv:2301.00005",
        "work_id:U is work_id:U",
        "work_id:V is work_id:V",
      ],
    },
  },
  {
    change:
      "two against two: a paper that resolves the UUID counts more; two work ids become one work, and one edge",
    text: document({ nth: 6, title: "P6" }, [both(u), both(v)]),
    graph: {
      works: [
        "arxiv:2301.00001 'P1' v1, cited by 0 works in 0 papers, cites 1",
        "arxiv:2301.00002 'P2' v1, cited by 5 works in 5 papers, cites 0",
        "arxiv:2301.00003 'P3' v1, cited by 0 works in 0 papers, cites 1",
        "arxiv:2301.00004 'P4' v1, cited by 0 works in 0 papers, cites 1",
        "arxiv:2301.00005 'P5' v1, cited by 0 works in 0 papers, cites 1",
        "arxiv:2301.00006 'P6' v1, cited by 0 works in 0 papers, cites 1",
      ],
      citations: [
        "arxiv:2301.00001 > arxiv:2301.00002",
        "arxiv:2301.00003 > arxiv:2301.00002",
        "arxiv:2301.00004 > arxiv:2301.00002",
        "arxiv:2301.00005 > arxiv:2301.00002",
        "arxiv:2301.00006 > arxiv:2301.00002",
      ],
      identifiers: [
        "arxiv:2301.00001 is arxiv:2301.00001",
        "arxiv:2301.00002 is arxiv:2301.00002",
        "arxiv:2301.00003 is arxiv:2301.00003",
        "arxiv:2301.00004 is arxiv:2301.00004",
        "arxiv:2301.00005 is arxiv:2301.00005",
        "arxiv:2301.00006 is arxiv:2301.00006",
        "work_id:U is arxiv:2301.00002",
        "work_id:V is arxiv:2301.00002",
      ],
    },
  },
  {
    change: "a second version of the cited paper: the same work, now with the second version's title",
    text: document({ nth: 2, version: 2, title: "P2, second version" }, []),
    graph: {
      works: [
        "arxiv:2301.00001 'P1' v1, cited by 0 works in 0 papers, cites 1",
        "arxiv:2301.00002 'P2, second version' v2, cited by 5 works in 5 papers, cites 0",
        "arxiv:2301.00003 'P3' v1, cited by 0 works in 0 papers, cites 1",
        "arxiv:2301.00004 'P4' v1, cited by 0 works in 0 papers, cites 1",
        "arxiv:2301.00005 'P5' v1, cited by 0 works in 0 papers, cites 1",
        "arxiv:2301.00006 'P6' v1, cited by 0 works in 0 papers, cites 1",
      ],
      citations: [
        "arxiv:2301.00001 > arxiv:2301.00002",
        "arxiv:2301.00003 > arxiv:2301.00002",
        "arxiv:2301.00004 > arxiv:2301.00002",
        "arxiv:2301.00005 > arxiv:2301.00002",
        "arxiv:2301.00006 > arxiv:2301.00002",
      ],
      identifiers: [
        "arxiv:2301.00001 is arxiv:2301.00001",
        "arxiv:2301.00002 is arxiv:2301.00002",
        "arxiv:2301.00003 is arxiv:2301.00003",
        "arxiv:2301.00004 is arxiv:2301.00004",
        "arxiv:2301.00005 is arxiv:2301.00005",
        "arxiv:2301.00006 is arxiv:2301.00006",
        "work_id:U is arxiv:2301.00002",
        "work_id:V is arxiv:2301.00002",
      ],
    },
  },
  {
    change: "a second version of a citing paper: one more paper, the same edge, and a new one",
    text: document({ nth: 1, version: 2, title: "P1, second version" }, [
      p2,
      { doi: "10.1000/D", title: "D" },
    ]),
    graph: {
      works: [
        "arxiv:2301.00001 'P1, second version' v2, cited by 0 works in 0 papers, cites 2",
        "arxiv:2301.00002 'P2, second version' v2, cited by 5 works in 6 papers, cites 0",
        "arxiv:2301.00003 'P3' v1, cited by 0 works in 0 papers, cites 1",
        "arxiv:2301.00004 'P4' v1, cited by 0 works in 0 papers, cites 1",
        "arxiv:2301.00005 'P5' v1, cited by 0 works in 0 papers, cites 1",
        "arxiv:2301.00006 'P6' v1, cited by 0 works in 0 papers, cites 1",
        "doi:10.1000/d 'D' no paper, cited by 1 works in 1 papers, cites 0",
      ],
      citations: [
        "arxiv:2301.00001 > arxiv:2301.00002",
        "arxiv:2301.00001 > doi:10.1000/d",
        "arxiv:2301.00003 > arxiv:2301.00002",
        "arxiv:2301.00004 > arxiv:2301.00002",
        "arxiv:2301.00005 > arxiv:2301.00002",
        "arxiv:2301.00006 > arxiv:2301.00002",
      ],
      identifiers: [
        "arxiv:2301.00001 is arxiv:2301.00001",
        "arxiv:2301.00002 is arxiv:2301.00002",
        "arxiv:2301.00003 is arxiv:2301.00003",
        "arxiv:2301.00004 is arxiv:2301.00004",
        "arxiv:2301.00005 is arxiv:2301.00005",
        "arxiv:2301.00006 is arxiv:2301.00006",
        "doi:10.1000/d is doi:10.1000/d",
        "work_id:U is arxiv:2301.00002",
        "work_id:V is arxiv:2301.00002",
      ],
    },
  },
  {
    change: "a superseding snapshot drops references: its edge is removed, and its evidence about the UUID",
    text: document(p4, [], { created_at: "2026-06-12T00:00:00Z", supersedes: [String(p4First["event_id"])] }),
    graph: {
      works: [
        "arxiv:2301.00001 'P1, second version' v2, cited by 0 works in 0 papers, cites 2",
        // P1 twice, P5 by V, P6; no longer P3, which names U as P5 does, and P4, which names nothing.
        "arxiv:2301.00002 'P2, second version' v2, cited by 3 works in 4 papers, cites 0",
        "arxiv:2301.00003 'P3' v1, cited by 0 works in 0 papers, cites 1",
        "arxiv:2301.00004 'P4' v1, cited by 0 works in 0 papers, cites 0",
        "arxiv:2301.00005 'P5' v1, cited by 0 works in 0 papers, cites 2",
        "arxiv:2301.00006 'P6' v1, cited by 0 works in 0 papers, cites 1",
        "doi:10.1000/d 'D' no paper, cited by 1 works in 1 papers, cites 0",
        "work_id:U 'U as cited' no paper, cited by 2 works in 2 papers, cites 0",
      ],
      citations: [
        "arxiv:2301.00001 > arxiv:2301.00002",
        "arxiv:2301.00001 > doi:10.1000/d",
        "arxiv:2301.00003 > work_id:U",
        "arxiv:2301.00005 > arxiv:2301.00002",
        "arxiv:2301.00005 > work_id:U",
        "arxiv:2301.00006 > arxiv:2301.00002",
      ],
      identifiers: [
        "arxiv:2301.00001 is arxiv:2301.00001",
        "arxiv:2301.00002 is arxiv:2301.00002",
        "arxiv:2301.00003 is arxiv:2301.00003",
        "arxiv:2301.00004 is arxiv:2301.00004",
        "arxiv:2301.00005 is arxiv:2301.00005",
        "arxiv:2301.00006 is arxiv:2301.00006",
        "doi:10.1000/d is doi:10.1000/d",
        "work_id:U is work_id:U",
        "work_id:V is arxiv:2301.00002",
      ],
    },
  },
];

// ---- Reading the tables

async function lines(select: string): Promise<string[]> {
  const { rows } = await database.pool.query<{ line: string }>(select);
  return rows.map(({ line }) => line).sort();
}

async function readGraph() {
  return {
    works: await lines(
      `SELECT key || ' ''' || coalesce(w.title, '') || ''' ' || coalesce('v' || source_version, 'no paper') ||
         ', cited by ' || cited_by_count || ' works in ' || citing_paper_count || ' papers, cites ' ||
         w.reference_count AS line
       FROM works w LEFT JOIN papers USING (paper_id)`,
    ),
    citations: await lines(
      `SELECT citing.key || ' > ' || cited.key AS line FROM citations
       JOIN works citing ON citing.work_id = citing_work_id JOIN works cited ON cited.work_id = cited_work_id`,
    ),
    identifiers: await lines(
      `SELECT kind || ':' || value || ' is ' || key AS line FROM work_identifiers JOIN works USING (work_id)`,
    ),
  };
}

// ---- The tests

test("the graph is correct after each of the documents, imported one by one", async () => {
  await clearTables(database);
  for (const { change, text, graph } of story) {
    expect((await ingestDocuments(database, [text])).merged, change).toBe(1);
    expect(await readGraph(), change).toEqual(graph);
  }
  expect((await checkTables(database, { keyring })).differences).toEqual([]);
});

test("thirty random orders of import, in batches of random sizes, result in the same tables", async () => {
  await clearTables(database);
  for (const { text } of story) await ingestDocuments(database, [text]);
  const expected = await readTables(database);
  const orders = new Set<string>();
  for (let seed = 1; seed <= 30; seed++) {
    const random = randomFrom(seed);
    const order = random.shuffle(story.map(({ text }) => text));
    orders.add(JSON.stringify(order));
    await clearTables(database);
    for (const batch of random.split(order, random.pick([1, 3, story.length]))) {
      await ingestDocuments(database, batch);
    }
    expect(await readTables(database), `seed ${seed}`).toEqual(expected);
  }
  expect(orders.size).toBe(30);
});

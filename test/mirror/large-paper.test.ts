import { execute, parse } from "graphql";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createContext, prepareReads } from "../../src/api/context.ts";
import { stringifyResult } from "../../src/api/execution/json-text.ts";
import { buildPaperDocument } from "../../src/api/loaders/records.ts";
import { schema } from "../../src/api/schema.ts";
import { startGraph } from "../../src/graph/index.ts";
import { type PithNumber, suffixOf } from "../../src/protocol/index.ts";

import { paperIdOf } from "../../src/row-rules/index.ts";
import { createApp, startServer } from "../../src/server/index.ts";
import {
  appliedEventIds,
  type BuiltDocument,
  buildDocument,
  type PaperDocument,
} from "../../src/store/build-document.ts";
import { mergeLog, readLogs, readLogTexts } from "../../src/store/index.ts";
import {
  type DocumentRequest,
  PaperStates,
  readPaperHeads,
  type StateReader,
} from "../../src/store/paper-states.ts";
import { documentOf } from "../api/fixtures/documents.ts";
import { ingestTexts } from "../api/fixtures/library.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { watchStatements } from "../statements.ts";

let database: TestDatabase;
const closing: (() => unknown)[] = [];
const submittedAt = "2025-01-01T00:00:00Z";
const small = documentOf({ arxivId: "2501.00001", title: "Small", submittedAt });
const large = documentOf({
  arxivId: "2501.00002",
  title: "Large",
  submittedAt,
  references: Array.from({ length: 2_000 }, (_, nth) => ({
    title: `Cited title ${nth} `.repeat(10),
    year: 2001,
  })),
});

beforeAll(async () => {
  database = await createTestDatabase();
  await ingestTexts(database, [small.text, large.text]);
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(() => database.drop());

/** A request for a document of a paper. */
async function wanted(
  document: PaperDocument,
  pithNumber: PithNumber,
  given: Partial<DocumentRequest> = {},
): Promise<DocumentRequest> {
  const paperId = paperIdOf(pithNumber);
  const head = (await readPaperHeads(database.db, [paperId])).get(paperId);
  if (head === undefined) throw new Error(`Nothing is stored of ${pithNumber}.`);
  const readLog = async () => (await readLogTexts(database.db, [paperId])).get(paperId);
  return { document, pithNumber, head, reader: "mirror", readLog, ...given };
}

async function expected(document: PaperDocument, pithNumber: PithNumber): Promise<BuiltDocument> {
  const { head, readLog } = await wanted(document, pithNumber);
  return buildDocument({ document, pithNumber, log: await readLog(), record: head.record });
}

function counting() {
  const counts = { builtInMain: 0, read: 0 };
  const states = new PaperStates((parts) => {
    counts.builtInMain++;
    return buildDocument(parts);
  });
  closing.push(() => states.close());
  const counted = (request: DocumentRequest): DocumentRequest => ({
    ...request,
    readLog: () => {
      counts.read++;
      return request.readLog();
    },
  });
  return { states, counts, counted };
}

/** A request that occupies the thread until `end` is called. */
async function occupying(states: PaperStates) {
  const started = new AbortController();
  const finished = new AbortController();
  const request = await wanted("bundle", large.pithNumber, {
    readLog: async () => {
      started.abort();
      await new Promise((resolve) => finished.signal.addEventListener("abort", resolve, { once: true }));
      throw new Error("enough");
    },
  });
  const answering = states.build(request);
  answering.catch(() => {});
  if (!started.signal.aborted) {
    await new Promise((resolve) => started.signal.addEventListener("abort", resolve, { once: true }));
  }
  return { end: () => finished.abort(), answering };
}

describe("documents of a large paper", () => {
  it("are built in a separate thread with the same bytes as on the main thread", async () => {
    const { states, counts, counted } = counting();
    for (const document of ["state", "bundle", "description"] as const) {
      const built = await states.build(counted(await wanted(document, large.pithNumber)));
      expect(built, document).toEqual(await expected(document, large.pithNumber));
    }
    expect(counts).toEqual({ builtInMain: 0, read: 3 });
    await states.build(counted(await wanted("state", small.pithNumber)));
    expect(counts.builtInMain).toBe(1);
  });

  /** @threat T43 */
  it("are built once for eight concurrent requests for the same state, by GraphQL and mirrors", async () => {
    const { states, counts, counted } = counting();
    const request = counted(await wanted("state", large.pithNumber));
    const built = await Promise.all(
      Array.from({ length: 8 }, (_, nth) =>
        states.build({ ...request, reader: nth % 2 === 0 ? "graphql" : "mirror" }),
      ),
    );
    expect(counts).toEqual({ builtInMain: 0, read: 1 });
    expect(new Set(built.map(({ text }) => text)).size).toBe(1);
    const [first] = built;
    expect(appliedEventIds(first as BuiltDocument)).toEqual([
      ...mergeLog(
        large.pithNumber,
        (await readLogs(database.db, [paperIdOf(large.pithNumber)])).get(paperIdOf(large.pithNumber)),
      ).applied,
    ]);
  });

  /** @threat T43 */
  it("are rejected with UNAVAILABLE beyond 64 waiting requests, and built again after a failure", async () => {
    const { states } = counting();
    const request = await wanted("bundle", large.pithNumber);
    const broken = { ...request, readLog: async () => ({ events: "no event", aliases: "[]" }) };
    await expect(states.build(broken)).rejects.toThrow();
    const turn = await occupying(states);
    const all = Promise.allSettled(
      Array.from({ length: 70 }, () =>
        buildPaperDocument(states, { ...request, readLog: async () => undefined }),
      ),
    );
    // The other reader has its own places in the queue.
    const other = buildPaperDocument(states, { ...request, reader: "graphql" });
    expect(states.waiting).toBe(65);
    turn.end();
    const refused = (await all).filter((result) => result.status === "rejected");
    expect(refused.map(({ reason }) => reason.extensions.code)).toEqual(Array(6).fill("UNAVAILABLE"));
    expect(await other).toEqual(await expected("bundle", large.pithNumber));
  });

  /** @threat T43 */
  it.each([
    ["mirror", "graphql"],
    ["graphql", "mirror"],
  ] as const)("delay by at most one, while many of %s wait, a request of %s", async (many, one) => {
    const { states } = counting();
    const turn = await occupying(states);
    const order: string[] = [];
    const read = (reader: StateReader) => async () => {
      order.push(reader);
      return undefined;
    };
    const request = await wanted("bundle", large.pithNumber);
    const build = (reader: StateReader) => states.build({ ...request, reader, readLog: read(reader) });
    const all = [...Array.from({ length: 20 }, () => build(many)), build(one)];
    turn.end();
    await Promise.all(all);
    expect(order).toHaveLength(21);
    expect(order.indexOf(one)).toBeLessThanOrEqual(1);
  });

  /** @threat T43 */
  it("are not built for waiting requests that are aborted", async () => {
    const { states, counts, counted } = counting();
    const turn = await occupying(states);
    const request = counted(await wanted("bundle", large.pithNumber));
    const clients = Array.from({ length: 64 }, () => new AbortController());
    const waiting = clients.map(({ signal }) => states.build({ ...request, signal }));
    expect(states.waiting).toBe(64);
    for (const client of clients) client.abort(new Error("gone"));
    expect(states.waiting).toBe(0);
    for (const each of waiting) await expect(each).rejects.toThrow("gone");
    turn.end();
    await expect(turn.answering).rejects.toThrow("enough");
    expect(counts.read).toBe(0);
    const next = await states.build(await wanted("bundle", large.pithNumber));
    expect(next).toEqual(await expected("bundle", large.pithNumber));
  });

  it("are read from the cache by GraphQL after a mirror has requested them", async () => {
    const states = new PaperStates();
    closing.push(() => states.close());
    const mirrored = await states.build(await wanted("state", large.pithNumber));
    const graph = startGraph(database, { adjacency: "sql" });
    const reads = prepareReads(database, graph, { states });
    const contextValue = createContext(reads, reads);
    let answer = "";
    const statements = await watchStatements(database, async () => {
      const document = parse("{ papers(first: 5) { nodes { title state { document appliedEventIds } } } }");
      answer = stringifyResult(await execute({ schema, document, contextValue }));
    });
    expect(answer).toContain(mirrored.text?.toString());
    // Only the log of the small paper is read.
    const logs = statements.filter(({ text }) => text.includes("string_agg"));
    expect(logs.map(({ values }) => values?.[0])).toEqual([`{${paperIdOf(small.pithNumber)}}`]);
  });

  it("are sent completely over HTTP, with and without gzip", async () => {
    const server = await startServer({ app: createApp({ database }), port: 0, host: "127.0.0.1" });
    closing.push(() => server.close());
    for (const document of ["state", "bundle"] as const) {
      const { text } = await expected(document, large.pithNumber);
      const url = `${server.url}/pith/${suffixOf(large.pithNumber)}/${document}.json`;
      for (const encoding of ["identity", "gzip"]) {
        const response = await fetch(url, { headers: { "accept-encoding": encoding } });
        expect(Buffer.from(await response.arrayBuffer()).equals(text ?? Buffer.of()), encoding).toBe(true);
      }
    }
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { PithNumber } from "../../src/protocol/index.ts";
import { suffixOf } from "../../src/protocol/index.ts";
import { createApp, startServer } from "../../src/server/index.ts";
import {
  buildDocument,
  type DocumentParts,
  type MirroredDocument,
} from "../../src/server/mirror/documents/build-document.ts";
import { DocumentBuilder, type WantedDocument } from "../../src/server/mirror/documents/document-builder.ts";
import { readHead } from "../../src/server/mirror/paper-head.ts";
import { paperIdOf, readLogRows } from "../../src/store/index.ts";
import { documentOf } from "../api/fixtures/documents.ts";
import { ingestTexts } from "../api/fixtures/library.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";

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

async function partsOf(document: MirroredDocument, pithNumber: PithNumber): Promise<DocumentParts> {
  const head = await readHead(database, pithNumber);
  const paperId = paperIdOf(pithNumber);
  const rows = (await readLogRows(database.db, [paperId])).get(paperId);
  return { document, pithNumber, rows, record: head?.record ?? null };
}

async function wanted(
  document: MirroredDocument,
  pithNumber: PithNumber,
  onRead: () => void,
): Promise<WantedDocument> {
  const { sha256 = "", logBytes = 0 } = (await readHead(database, pithNumber)) ?? {};
  const readParts = () => {
    onRead();
    return partsOf(document, pithNumber);
  };
  return { document, pithNumber, sha256, logBytes, readParts };
}

function counting() {
  const counts = { builtHere: 0, read: 0 };
  const builder = new DocumentBuilder((parts) => {
    counts.builtHere++;
    return buildDocument(parts);
  });
  closing.push(() => builder.close());
  return { builder, counts, onRead: () => counts.read++ };
}

describe("documents of a large paper", () => {
  it("are made in a thread of their own, byte for byte as they are made here", async () => {
    const { builder, counts, onRead } = counting();
    for (const document of ["state", "bundle", "description"] as const) {
      const built = await builder.build(await wanted(document, large.pithNumber, onRead));
      expect(built, document).toEqual(buildDocument(await partsOf(document, large.pithNumber)));
    }
    expect(counts).toEqual({ builtHere: 0, read: 3 });
    await builder.build(await wanted("state", small.pithNumber, onRead));
    expect(counts.builtHere).toBe(1);
  });

  it("are made once for eight clients that want the same state", async () => {
    const { builder, counts, onRead } = counting();
    const request = await wanted("state", large.pithNumber, onRead);
    const built = await Promise.all(Array.from({ length: 8 }, () => builder.build(request)));
    expect(counts).toEqual({ builtHere: 0, read: 1 });
    expect(new Set(built.map(({ text }) => text)).size).toBe(1);
  });

  it("are refused where too many wait, and made again after a thread has failed", async () => {
    const { builder, onRead } = counting();
    const request = await wanted("bundle", large.pithNumber, onRead);
    const broken = {
      ...request,
      readParts: async () => ({ ...(await request.readParts()), rows: null as never }),
    };
    await expect(builder.build(broken)).rejects.toThrow();
    const all = await Promise.allSettled(Array.from({ length: 70 }, () => builder.build(request)));
    const refused = all.filter((result) => result.status === "rejected");
    expect(refused.map(({ reason }) => reason.extensions.code)).toEqual(Array(6).fill("UNAVAILABLE"));
  });

  it("come whole over HTTP, in pieces and with gzip", async () => {
    const server = await startServer({ app: createApp({ database }), port: 0, host: "127.0.0.1" });
    closing.push(() => server.close());
    for (const document of ["state", "bundle"] as const) {
      const { text } = buildDocument(await partsOf(document, large.pithNumber));
      const url = `${server.url}/pith/${suffixOf(large.pithNumber)}/${document}.json`;
      for (const encoding of ["identity", "gzip"]) {
        const response = await fetch(url, { headers: { "accept-encoding": encoding } });
        expect(Buffer.from(await response.arrayBuffer()).equals(text ?? Buffer.of()), encoding).toBe(true);
      }
    }
  });
});

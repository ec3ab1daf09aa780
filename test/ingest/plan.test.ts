import { expect, test } from "vitest";
import { gatherBatch, parseBatch, verifyBatch } from "../../src/ingest/batch.ts";
import { planBatch } from "../../src/ingest/plan/plan.ts";
import { runPlanning } from "../../src/ingest/plan/planning.ts";
import { parseAndVerify, type VerifiedDocument } from "../../src/ingest/verify.ts";
import type { Keyring } from "../../src/protocol/index.ts";
import { isLong } from "../long.ts";
import { keyring } from "../protocol/signed-events.ts";
import { MemoryTables } from "./memory-tables.ts";
import { modelOf } from "./model.ts";
import { randomFrom } from "./random.ts";
import { tableNames } from "./tables.ts";
import { type WorldDocument, worldOf } from "./world.ts";
import { verifiedDocumentOf } from "./world-batches.ts";

/** PITH_SEED runs a single seed. */
const given = process.env["PITH_SEED"];
const seeds =
  given === undefined ? Array.from({ length: isLong ? 1_000 : 15 }, (_, nth) => nth) : [Number(given)];

/** Plans documents as one batch and applies the plan, all in memory. */
async function ingestInMemory(
  tables: MemoryTables,
  documents: readonly VerifiedDocument[],
): Promise<ReadonlySet<bigint>> {
  const stored = tables.storedPapers();
  const { papers } = await gatherBatch(documents, stored);
  const options = { now: "2026-01-01T00:00:00.000Z", areNewPapersWritten: false, areCitationsCopied: true };
  const plan = await runPlanning(planBatch(papers, stored, options), tables);
  tables.apply(plan);
  return plan.merged;
}

function expectModel(tables: MemoryTables, documents: readonly WorldDocument[], about: string): void {
  const names = [...tableNames, "citations_by_cited"];
  const wanted = modelOf(documents, keyring, names);
  const actual = tables.print();
  for (const table of names) expect(actual[table], `${about}: ${table}`).toEqual(wanted[table]);
}

test("plans of random histories, applied in memory, result in the model's tables", async () => {
  for (const seed of seeds) {
    const random = randomFrom(seed ^ 0x91a4);
    const world = worldOf(seed);
    const repeated = random.shuffle([...world, ...world.filter(() => random.chance(0.2))]);
    const batches = random.split(repeated, random.pick([1, 4, 12]));
    const tables = new MemoryTables();
    const soFar: WorldDocument[] = [];
    for (const [index, batch] of batches.entries()) {
      soFar.push(...batch);
      await ingestInMemory(tables, batch.map(verifiedDocumentOf));
      if (index === batches.length >> 1) expectModel(tables, soFar, `seed ${seed}, batch ${index + 1}`);
    }
    expectModel(tables, soFar, `seed ${seed}, at the end`);
  }
});

test("plans no change for documents that are already stored", async () => {
  const documents = worldOf(7).map(verifiedDocumentOf);
  const tables = new MemoryTables();
  expect((await ingestInMemory(tables, documents)).size).toBeGreaterThan(0);
  const before = tables.print();
  expect(await ingestInMemory(tables, documents)).toEqual(new Set());
  expect(tables.print()).toEqual(before);
});

test("plans the same changes in whatever order a batch's documents come", async () => {
  const documents = worldOf(11).map(verifiedDocumentOf);
  const [one, other] = [new MemoryTables(), new MemoryTables()];
  await ingestInMemory(one, documents);
  await ingestInMemory(other, [...documents].reverse());
  expect(other.print()).toEqual(one.print());
});

test("verifies each signature of a batch once, even if several documents are of one new paper", async () => {
  let verified = 0;
  const counting: Keyring = new Map(
    [...keyring].map(([fingerprint, key]) => [
      fingerprint,
      {
        ...key,
        verify: (digest, signature) => {
          verified++;
          return key.verify(digest, signature);
        },
      },
    ]),
  );
  const policy = { keyring: counting, minimumProof: "hash" as const, maximumBytes: 1e9 };
  const raw = worldOf(3).map(({ text }, nth) => ({ source: `${nth}`, bytes: Buffer.from(text) }));
  const papers = new Set(
    raw.map((document) => (parseAndVerify(document, policy) as VerifiedDocument).header.pithNumber),
  );
  const once = verified;
  expect(once).toBeGreaterThan(raw.length);
  // Some documents are of one paper.
  expect(papers.size).toBeLessThan(raw.length);
  verified = 0;
  const { papers: incoming } = await verifyBatch(await parseBatch(raw, policy), new Map(), policy);
  expect(incoming.every(({ merged }) => merged !== null)).toBe(true);
  expect(verified).toBe(once);
});

import { afterAll, beforeAll, expect, test } from "vitest";

import { checkTables, rebuildTables } from "../../src/maintenance/index.ts";
import { mergeDocuments } from "../../src/protocol/index.ts";
import { paperIdOf } from "../../src/row-rules/index.ts";
import { mergeLog, readLogs } from "../../src/store/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { keyring, registry, signedEvent } from "../protocol/signed-events.ts";
import { bundleOfPaper, type PaperPlan, snapshotEvent, testPaper } from "./bundles.ts";
import { ingestDocuments } from "./ingest-documents.ts";
import { randomFrom } from "./random.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

const random = randomFrom(1);
const letters = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"];

/** Texts that are too long for an index even when compressed. */
const longTexts = {
  "9,000 letters": Array.from({ length: 9000 }, () => random.pick(letters)).join(""),
  "3,000 letters": Array.from({ length: 3000 }, () => random.pick(letters)).join(""),
  // The 500th UTF-16 unit is the first half of a character.
  "3,000 characters beyond U+FFFF": `x${Array.from({ length: 3000 }, () => String.fromCodePoint(0x20000 + random.below(40000))).join("")}`,
};

/** A paper with the text in one place. */
const places: Record<string, (text: string) => { plan: PaperPlan; eventType?: string }> = {
  "an unknown event type": (text) => ({ plan: {}, eventType: text }),
  "the primary category": (text) => ({ plan: { metadata: { primary_cat: text } } }),
  "a cross-listed category": (text) => ({ plan: { metadata: { cross_cats_sorted: ["cs.DL", text] } } }),
  "the source's kind": (text) => ({ plan: { source: { kind: text, id: "1" } } }),
  "the source's id": (text) => ({ plan: { source: { kind: "arxiv", id: text, version: 1 } } }),
  "the license": (text) => ({ plan: { metadata: { license: text } } }),
};

const cases = Object.keys(places).flatMap((place) =>
  Object.entries(longTexts).map(([name, text]) => ({ place, name, text })),
);

test.each(cases)("stores a document with $name as $place", async ({ place, name, text }) => {
  const { plan: ofPlace, eventType } = (
    places[place] as (text: string) => { plan: PaperPlan; eventType?: string }
  )(text);
  // A different paper in each test.
  const plan = { ...ofPlace, metadata: { ...ofPlace.metadata, place, name } };
  const bundle = bundleOfPaper(plan, (paper) => [
    snapshotEvent(paper),
    ...(eventType === undefined
      ? []
      : [
          signedEvent(registry, {
            created_at: "2026-06-12T00:00:00Z",
            event_type: eventType,
            subject_pith_number: paper.pithNumber,
            payload: {},
          }),
        ]),
  ]);
  const first = await ingestDocuments(database, [bundle]);
  expect([[...first.rejected], first.merged]).toEqual([[], 1]);
  const again = await ingestDocuments(database, [bundle]);
  expect([again.merged, again.unchanged]).toEqual([0, 1]);

  const { pithNumber } = testPaper(plan);
  const id = paperIdOf(pithNumber);
  const stored = mergeLog(pithNumber, (await readLogs(database.db, [id])).get(id));
  expect(stored.text).toBe(mergeDocuments([bundle], keyring).states.get(pithNumber)?.text);
});

test("the check finds no difference after all long texts, and a rebuild changes no row", async () => {
  expect((await checkTables(database, { keyring })).differences).toEqual([]);
  expect(await rebuildTables(database, { keyring })).toEqual({ removed: 0, written: 0, droppedEvents: 0 });
});

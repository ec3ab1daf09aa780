import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type AcceptedEvent,
  canonicalJson,
  createKeyring,
  type DocumentVerification,
  type EventId,
  type JsonObject,
  type JsonValue,
  type KeyringEntry,
  mergeEvents,
  PaperMerge,
  type PithNumber,
  type Proof,
  parseDocument,
  parseJson,
  summaryOf,
  verifyDocument,
} from "../../src/protocol/index.ts";
import { isLong } from "../long.ts";
import { arbitraryHistory } from "./arbitrary-history.ts";
import {
  keyring,
  pithNumber,
  registry,
  rotated,
  shuffled,
  signatureOf,
  signedEvent,
  unsignedEvent,
} from "./signed-events.ts";

/** Expects the summary of the incremental merge to equal that of merging all events at once. */
function compare(merge: PaperMerge, number: PithNumber, events: AcceptedEvent[], aliases: JsonValue[]) {
  const state = mergeEvents(number, events, aliases);
  const { hasInvalid, ...expected } = summaryOf(state);
  const { hasInvalid: _, ...summary } = merge.summary(aliases);
  const pick = ({ event, standing }: NonNullable<typeof summary.snapshot>) => [
    event.id,
    event.payload,
    standing,
  ];
  expect(summary.sha256).toBe(expected.sha256);
  expect({
    ...summary,
    recordCreated: summary.recordCreated && pick(summary.recordCreated),
    snapshot: summary.snapshot && pick(summary.snapshot),
  }).toEqual({
    pithNumber: expected.pithNumber,
    eventCount: expected.eventCount,
    validCount: expected.validCount,
    equivocationCount: expected.equivocationCount,
    sha256: expected.sha256,
    canonicalRecord: expected.canonicalRecord,
    aliases: expected.aliases,
    hasInconsistentAliases: expected.hasInconsistentAliases,
    recordCreated: expected.recordCreated && pick(expected.recordCreated),
    snapshot: expected.snapshot && pick(expected.snapshot),
  });
  return state;
}

/** Adds groups of events one after another, comparing with the merge of all events so far after each. */
function addInGroups(number: PithNumber, groups: AcceptedEvent[][], aliases: JsonValue[]) {
  const merge = new PaperMerge(number);
  /** The last report of each event, by id. */
  const reported = new Map<EventId, unknown[]>();
  const all: AcceptedEvent[] = [];
  for (const group of groups) {
    const isKnown = new Set(all.map(({ id }) => id));
    all.push(...group);
    const { added, changed } = merge.add(group);
    expect(new Set(added.map(({ event }) => event.id))).toEqual(
      new Set(group.map(({ id }) => id).filter((id) => !isKnown.has(id))),
    );
    for (const { event, standing, status, reason } of [...added, ...changed]) {
      reported.set(event.id, [event.proof, standing, status, reason]);
    }
    const state = compare(merge, number, all, aliases);
    const expected = new Map(
      [...state.events].map(([id, { event, standing, status, reason }]) => [
        id,
        [event.proof, standing, status, reason],
      ]),
    );
    expect(new Map([...reported].sort())).toEqual(new Map([...expected].sort()));
    expect(merge.eventCount).toBe(state.events.size);
    expect(merge.invalidCount).toBe(state.events.size - state.validCount);
    // Added events are reported in the order of the complete merge.
    const order = [...state.events.keys()];
    const places = added.map(({ event }) => order.indexOf(event.id));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  }
}

/** Items in an order and in groups that the seed decides. */
function grouped<Item>(items: readonly Item[], parts: number, seed: number): Item[][] {
  const groups = Array.from({ length: parts }, (): Item[] => []);
  for (const [index, item] of shuffled(items, seed).entries()) groups[(index * 7 + seed) % parts]?.push(item);
  return groups;
}

test("PaperMerge adds random histories in groups and in any order with the result of merging all at once", () => {
  fc.assert(
    fc.property(arbitraryHistory, ({ documents, parts, seed }) => {
      const judged = documents.map(({ document, minimumProof }) =>
        verifyDocument(parseDocument(canonicalJson(document)), keyring, minimumProof),
      );
      const number = (judged[0] as DocumentVerification).pithNumber;
      const events = judged.flatMap((document) => document.events);
      const aliases = judged.flatMap((document) => document.aliases);
      addInGroups(number, grouped(events, parts, seed), aliases);
      addInGroups(
        number,
        shuffled(events, seed + 1).map((event) => [event]),
        aliases,
      );
    }),
    { numRuns: isLong ? 20_000 : 100 },
  );
}, 120_000);

const folder = new URL("../vectors/", import.meta.url);
const vectors = readdirSync(folder).filter((name) => /^merge-.*\.json$/.test(name));

test.each(vectors)("PaperMerge adds the events of %s one by one, in both directions", (name) => {
  const vector = parseJson(readFileSync(new URL(name, folder), "utf8"), 256) as JsonObject;
  const documents = (vector["documents"] ?? vector["documents_base64"]) as string[];
  const trusted = createKeyring(vector["keys"] as unknown as KeyringEntry[]);
  let judged: DocumentVerification[];
  try {
    judged = documents.map((text) =>
      verifyDocument(
        parseDocument("documents" in vector ? text : Buffer.from(text, "base64")),
        trusted,
        vector["minimum_proof"] as Proof,
      ),
    );
  } catch {
    // The vector expects a document to be rejected.
    return;
  }
  const events = judged.flatMap((document) => document.events);
  const aliases = judged.flatMap((document) => document.aliases);
  const number = (judged[0] as DocumentVerification).pithNumber;
  addInGroups(
    number,
    events.map((event) => [event]),
    aliases,
  );
  addInGroups(
    number,
    events.toReversed().map((event) => [event]),
    aliases,
  );
});

/** Judges events of a source with minimum proof hash. */
function accepted(copies: JsonObject[]): AcceptedEvent[] {
  const bundle = {
    kind: "bundle" as const,
    pithNumber,
    copies,
    aliases: [],
    record: undefined,
    published: undefined,
    unverifiable: 0,
  };
  const { events, refused } = verifyDocument(bundle, keyring, "hash");
  expect(refused).toEqual([]);
  return [...events];
}

describe("PaperMerge with 700 events", () => {
  /** More than one chunk of a list. */
  const count = 700;
  const at = (second: number) => new Date(Date.UTC(2026, 5, 1) + second * 1_000).toISOString();
  const links = (previous: JsonObject | undefined) => ({
    prev_event: (previous?.["event_id"] as string | undefined) ?? null,
  });

  function chain(sign: typeof signedEvent | typeof unsignedEvent): JsonObject[] {
    const copies: JsonObject[] = [];
    for (let nth = 0; nth < count; nth++) {
      copies.push(
        sign(registry, {
          event_type: "correction",
          created_at: at(nth),
          payload: { nth },
          ...links(copies.at(-1)),
        }),
      );
    }
    return copies;
  }

  const inParts = (events: AcceptedEvent[]) => [
    events.slice(0, count),
    ...events.slice(count).map((event) => [event]),
  ];

  test("withdraws and restores a chain with the event that it depends on", () => {
    const copies = chain(unsignedEvent);
    const [first] = copies as [JsonObject];
    const second = copies[1] as JsonObject;
    // Signed events contest the second place, and better proved ones displace the chain from there on.
    const rival = signedEvent(registry, {
      event_type: "correction",
      created_at: at(1),
      payload: { rival: 1 },
      ...links(first),
    });
    const signed = { ...second, signature: signatureOf(registry, second["event_id"] as string) };
    const events = accepted([
      ...copies,
      rival,
      signed,
      signedEvent(registry, {
        event_type: "correction",
        created_at: at(count),
        payload: { last: true },
        ...links(copies.at(-1)),
      }),
    ]);
    addInGroups(pithNumber, inParts(events), []);
  });

  test("adds a chain from its end to its beginning", () => {
    const events = accepted(chain(signedEvent)).toReversed();
    addInGroups(
      pithNumber,
      [events.slice(0, count - 3), ...events.slice(count - 3).map((event) => [event])],
      [],
    );
  });

  test("adds, supersedes and forks events anywhere among independent ones", () => {
    const copies: JsonObject[] = [];
    for (let nth = 0; nth < count; nth++) {
      copies.push(
        signedEvent(nth % 3 === 0 ? rotated : registry, {
          event_type: nth % 2 === 0 ? "correction" : "mirror_hint",
          created_at: at(nth),
          payload: { text: "x".repeat(nth % 50 === 0 ? 10_000 : nth % 40) },
        }),
      );
    }
    const fork = { event_type: "correction", created_at: at(count), ...links(copies[10]) };
    const more = [
      signedEvent(registry, { event_type: "correction", created_at: at(count / 2), payload: { between: 1 } }),
      signedEvent(registry, { ...fork, payload: { fork: 1 } }),
      signedEvent(registry, { ...fork, payload: { fork: 2 } }),
      signedEvent(registry, {
        event_type: "correction",
        created_at: at(count),
        payload: { superseding: 1 },
        supersedes: [copies[2], copies[4], copies[8]].map((copy) => copy?.["event_id"] as string),
      }),
    ];
    addInGroups(pithNumber, inParts(accepted([...copies, ...more])), []);
  });
});

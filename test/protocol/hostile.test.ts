import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  canonicalJson,
  checkPublishedState,
  createKeyring,
  DocumentError,
  type EventId,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type MergedState,
  mergeDocuments,
  parseDocument,
  parseJson,
  readDocument,
  registryKey,
} from "../../src/protocol/index.ts";
import { arbitraryJson } from "./arbitrary-json.ts";
import {
  bundleOf,
  bundleText,
  entryOf,
  keyring,
  pithNumber,
  receiptOf,
  recordPayload,
  registry,
  signedEvent,
  snapshotPayload,
  stateBody,
  suffix,
  unsignedEvent,
  withStateSha256,
} from "./signed-events.ts";

/** Parses, merges and checks a document; null if it is rejected. No other error may be thrown. */
function survive(input: string | Uint8Array | { value: JsonValue }): MergedState | null {
  let state: MergedState | undefined;
  try {
    const { states } = mergeDocuments([input], keyring);
    const document =
      typeof input === "string" || input instanceof Uint8Array
        ? parseDocument(input)
        : readDocument(input.value);
    checkPublishedState(document, keyring);
    [state] = states.values();
  } catch (error) {
    if (error instanceof DocumentError) return null;
    throw error;
  }
  // The resulting state can be read again.
  if (state !== undefined) expect(parseDocument(state.text).published?.sha256).toBe(state.sha256);
  return state ?? null;
}

const record = signedEvent(registry, {
  event_type: "record_created",
  payload: recordPayload(receiptOf(registry)),
});
const snapshot = unsignedEvent(registry, {
  event_type: "graph_snapshot",
  payload: snapshotPayload([{ claim_id: "C1" }], [{ ref_index: 1 }]),
});
const later = signedEvent(registry, {
  event_type: "correction",
  prev_event: record.event_id,
  supersedes: [],
});
const aliases = [
  { alias_kind: "pith_short_8", alias_value: suffix.slice(0, 8), created_at: record.created_at },
];
const bundle: JsonObject = bundleOf([record, snapshot, later], aliases);
const state: JsonObject = withStateSha256(
  stateBody({
    record_created: entryOf(record),
    graph_snapshots: [entryOf(snapshot)],
    source_aliases: aliases,
  }),
);
const published = readFileSync(new URL("../data/pith-2302.12192.state.json", import.meta.url), "utf8");

type Path = readonly (string | number)[];

/** The paths to every place in a value. */
function pathsOf(value: JsonValue, path: Path = []): Path[] {
  if (Array.isArray(value)) return [path, ...value.flatMap((item, index) => pathsOf(item, [...path, index]))];
  if (!isJsonObject(value)) return [path];
  return [path, ...Object.entries(value).flatMap(([name, member]) => pathsOf(member, [...path, name]))];
}

/** The value with another in one place; undefined removes a member. */
function put(value: JsonValue, [step, ...rest]: Path, other: JsonValue | undefined): JsonValue {
  if (step === undefined) return other ?? null;
  if (Array.isArray(value)) {
    return value.flatMap((item, index) =>
      index !== step ? [item] : rest.length === 0 && other === undefined ? [] : [put(item, rest, other)],
    );
  }
  const members = Object.entries(value as JsonObject).flatMap(([name, member]): [string, JsonValue][] =>
    name !== step
      ? [[name, member]]
      : rest.length === 0 && other === undefined
        ? []
        : [[name, put(member, rest, other)]],
  );
  return Object.fromEntries(members);
}

const replacements: (JsonValue | undefined)[] = [
  undefined,
  null,
  true,
  0,
  -1,
  2n ** 64n,
  "",
  "\u{10000}",
  [],
  {},
  [[]],
  { a: 1 },
];

describe("merging throws nothing but DocumentError", () => {
  test("accepts the documents that the cases change", () => {
    expect(survive({ value: bundle })?.applied.length).toBe(3);
    expect(survive({ value: state })?.applied.length).toBe(2);
  });

  test.each([
    ["a bundle", bundle],
    ["a state", state],
  ])("for %s with any member replaced or removed", (_, document) => {
    const paths = pathsOf(document);
    expect(paths.length).toBeGreaterThan(50);
    for (const path of paths) {
      for (const other of replacements) {
        const value = put(document, path, other);
        survive({ value });
        // Without a new digest every changed state would be rejected for its digest.
        if (isJsonObject(value) && document === state) survive({ value: withStateSha256(value) });
      }
    }
  });

  test.each([
    ["a bundle", bundle],
    ["a state", state],
  ])("for %s with arbitrary values in arbitrary places", (_, document) => {
    const paths = pathsOf(document);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...paths), arbitraryJson), { minLength: 1, maxLength: 3 }),
        (changes) => {
          let value: JsonValue = document;
          // The deepest first: a change further up may replace the others.
          for (const [path, other] of changes.sort(([a], [b]) => b.length - a.length))
            value = put(value, path, other);
          survive(canonicalJson(isJsonObject(value) && document === state ? withStateSha256(value) : value));
        },
      ),
      { numRuns: 500 },
    );
  });

  test("for arbitrary bytes and values", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => void survive(bytes)),
      { numRuns: 1000 },
    );
    fc.assert(
      fc.property(arbitraryJson, (value) => void survive({ value })),
      { numRuns: 300 },
    );
  });

  test("for mutated real documents", () => {
    const texts = [published, canonicalJson(bundle)].map((text) => new TextEncoder().encode(text));
    const mutation = fc.record({
      at: fc.nat(),
      remove: fc.nat(3),
      insert: fc.oneof(
        fc.constantFrom("", '"', "\\", "{", "}", "[", "]", ",", ":", "0", ".5", "e9", "\u0000", "\ufeff"),
        fc.string({ maxLength: 3 }),
      ),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.array(mutation, { minLength: 1, maxLength: 3 }),
        (bytes, mutations) => {
          let result = bytes;
          for (const { at, remove, insert } of mutations) {
            const start = at % (result.length + 1);
            const inserted = new TextEncoder().encode(insert);
            result = Uint8Array.from([
              ...result.slice(0, start),
              ...inserted,
              ...result.slice(start + remove),
            ]);
          }
          survive(result);
        },
      ),
      { numRuns: 400 },
    );
    expect(mergeDocuments([published], createKeyring([registryKey])).states.size).toBe(1);
  });
});

/**
 * Sizes at which an algorithm that is not linear takes minutes, and a recursive one overflows the stack. The
 * events are unsigned, so that signing and verifying take no time.
 */
const many = 20_000;

function mergeMany(events: JsonValue[], list: JsonValue[] = []): MergedState {
  const merged = mergeDocuments([bundleText(events, list)], keyring).states.get(pithNumber) as MergedState;
  expect(merged.events.size).toBe(events.length);
  return merged;
}

/** A chain of events, each made from the id of the one before it. */
function chain(
  next: (previous: string | null, index: number) => { event_id: string } & JsonObject,
): JsonObject[] {
  const events: JsonObject[] = [];
  let previous: string | null = null;
  for (let index = 0; index < many; index++) {
    const event = next(previous, index);
    events.push(event);
    previous = event.event_id;
  }
  return events;
}

const correction = (fields: JsonObject) => unsignedEvent(registry, { event_type: "correction", ...fields });

describe("merging 20,000 events", () => {
  test("applies a chain of prev_event in reverse order, and one signature at its end vouches for all", () => {
    const events = chain((previous) => correction({ prev_event: previous }));
    const last = signedEvent(registry, {
      event_type: "correction",
      prev_event: events.at(-1)?.["event_id"] as string,
    });
    const merged = mergeMany([last, ...events.toReversed()]);
    expect(merged.applied).toEqual([...events.map((event) => event["event_id"]), last.event_id]);
    expect([...merged.events.values()].every(({ standing }) => standing === "signed")).toBe(true);
  });

  test("applies a chain of supersedes, of which the last is current", () => {
    const events = chain((previous) => correction({ supersedes: previous === null ? [] : [previous] }));
    const merged = mergeMany(events);
    expect(merged.applied.length).toBe(many);
    expect(merged.current.get("correction")?.length).toBe(1);
  });

  test("applies none of a chain whose first event is missing", () => {
    const events = chain((previous) => correction({ prev_event: previous }));
    expect(mergeMany(events.slice(1)).validCount).toBe(0);
  });

  /** @threat T31 */
  test("reports a fork of all events in one place only once they are vouched for", () => {
    const forks = Array.from({ length: many }, (_, index) =>
      correction({ prev_event: record.event_id, payload: { index } }),
    );
    // They are unsigned, so they prove no equivocation.
    expect(mergeMany([record, ...forks])).toMatchObject({ equivocations: [], applied: { length: 2 } });
    // Its links fail by rule 9, and it vouches for all of them.
    const voucher = signedEvent(registry, {
      event_type: "correction",
      target: "elsewhere",
      supersedes: forks.map((event) => event.event_id),
    });
    const merged = mergeMany([record, ...forks, voucher]);
    expect(merged.events.get(voucher.event_id as EventId)?.reason).toBe("SUPERSEDES_FORBIDDEN");
    expect(merged.equivocations.map(({ eventIds }) => eventIds.length)).toEqual([many]);
    expect(merged.applied.length).toBe(2);
  });

  test("applies one event that supersedes all others", () => {
    const first = Array.from({ length: many }, (_, index) => correction({ payload: { index } }));
    const supersedes = first.map((event) => event.event_id);
    const merged = mergeMany([...first, correction({ supersedes, prev_event: first[0]?.event_id ?? null })]);
    expect(merged.current.get("correction")?.length).toBe(1);
  });

  test("keeps one event of 20,000 copies", () => {
    const copies = Array.from({ length: many }, () => correction({}));
    const merged = mergeDocuments([bundleText(copies)], keyring).states.get(pithNumber);
    expect(merged?.events.size).toBe(1);
  });

  test("reports 20,000 rejected copies, each with its own id", () => {
    const copies = Array.from({ length: many }, (_, index) => ({
      ...correction({ payload: { index } }),
      event_id: "x",
    }));
    expect(mergeDocuments([bundleText(copies)], keyring).refused.length).toBe(many);
  });

  test("keeps 20,000 aliases of one kind, and one of each of 20,000 kinds", () => {
    const created_at = record.created_at;
    const list = Array.from({ length: many }, (_, index) => [
      { alias_kind: "openalex", alias_value: `W${index}`, created_at },
      { alias_kind: `kind ${index}`, alias_value: "W", created_at },
    ]).flat();
    expect(mergeMany([], [...list, ...list]).aliases.length).toBe(2 * many);
  });
});

describe("parsing large values", () => {
  const roundTrips = (text: string) => expect(canonicalJson(parseJson(text))).toBe(text);

  /** @threat T31 */
  test("reads an object of 100,000 keys, sorted or in reverse order", () => {
    const names = Array.from(
      { length: 100_000 },
      (_, index) => `"k${String(index).padStart(6, "0")}":${index}`,
    );
    roundTrips(`{${names.join(",")}}`);
    expect(canonicalJson(parseJson(`{${names.toReversed().join(",")},"x":1.5}`))).toBe(
      `{${names.join(",")},"x":1.5}`,
    );
  });

  test("reads an object of 100,000 equal keys", () => {
    const members = Array.from({ length: 100_000 }, (_, index) => `"a":${index}`).join(",");
    for (const last of ["1", "1.5"])
      expect(canonicalJson(parseJson(`{${members},"a":${last}}`))).toBe(`{"a":${last}}`);
  });

  test.each([
    ["letters", "a".repeat(5_000_000)],
    ["escaped quotes", '\\"'.repeat(1_000_000)],
    ["escaped backslashes", "\\\\".repeat(1_000_000)],
    ["escaped backslashes and quotes", '\\\\\\"'.repeat(1_000_000)],
    ["brackets", "[{".repeat(1_000_000)],
    ["characters beyond ASCII", "é😀".repeat(1_000_000)],
  ])("reads one string of %s through both parsers", (_, content) => {
    roundTrips(`["${content}"]`);
    roundTrips(`["${content}",1.5]`);
  });

  test.each([
    ["a million escaped quotes without an end", `["${'\\"'.repeat(1_000_000)}`],
    ["a string without an end", `["${"a".repeat(5_000_000)}`],
    ["a string of backslashes without an end", `["${"\\".repeat(1_000_001)}"`],
    ["a string of brackets without an end", `["${"[".repeat(1_000_000)}`],
    ["an integer of 5,000,000 digits", `[${"1".repeat(5_000_000)}]`],
    ["a fraction of 5,000,000 digits with an empty exponent", `[1.${"1".repeat(5_000_000)}e]`],
    ["a million minus signs", `[${"-".repeat(1_000_000)}]`],
    ["5,000,000 open arrays", "[".repeat(5_000_000)],
    ["a million open objects", '{"a":'.repeat(1_000_000)],
    ["5,000,000 closing brackets", "]".repeat(5_000_000)],
    ["5,000,000 spaces", " ".repeat(5_000_000)],
    ["a million strings without commas", '["a"'.repeat(1_000_000)],
  ])("rejects %s", (_, text) => {
    expect(() => parseJson(text)).toThrow(DocumentError);
  });

  test("reads long arrays of doubles and of integers with 1,000 digits", () => {
    const digits = "9".repeat(1000);
    roundTrips(`[${Array.from({ length: 200_000 }, (_, index) => `${index}.5`).join(",")}]`);
    roundTrips(`[${Array.from({ length: 2_000 }, () => digits).join(",")}]`);
  });

  test("rejects a value of a million levels without overflowing the stack", () => {
    let value: JsonValue = [];
    for (let level = 0; level < 1_000_000; level++) value = [value];
    expect(() => canonicalJson(value)).toThrow(DocumentError);
    expect(survive({ value })).toBeNull();
    expect(survive({ value: { ...bundle, events: [value] } })).toBeNull();
  });
});

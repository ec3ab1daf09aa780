import { describe, expect, test } from "vitest";
import {
  canonicalJson,
  checkPublishedState,
  DocumentError,
  type DocumentErrorCode,
  documentErrorCodes,
  type JsonObject,
  type JsonValue,
  mergeDocuments,
  parseDocument,
  readDocument,
  sha256OfValue,
  suffixOfDigest,
} from "../../src/protocol/index.ts";
import {
  bundleOf,
  bundleText,
  entryOf,
  keyring,
  pithNumber,
  record,
  recordPayload,
  registry,
  shuffled,
  signedEvent,
  stateBody,
  stateLists,
  unsignedEvent,
  withStateSha256,
} from "./signed-events.ts";

const bundle: JsonObject = bundleOf([]);
const state = (current: JsonObject, more: JsonObject = {}) => withStateSha256(stateBody(current, more));
const without = (document: JsonObject, name: string): JsonObject => {
  const { [name]: _, ...rest } = document;
  return rest;
};
/** A bundle of another record, with its Pith number in the given year. */
function bundleFor(canonicalRecord: JsonValue, year = "2023"): JsonObject {
  const digest = sha256OfValue(canonicalRecord);
  const number = `pith:${year}:${suffixOfDigest(digest)}`;
  return { ...bundle, canonical_record: canonicalRecord, canonical_sha256: digest, pith_number: number };
}

const refusals: Record<DocumentErrorCode, Record<string, JsonValue | string | Uint8Array>> = {
  MALFORMED_JSON: { "a text that is not JSON": "{", "a byte order mark": `\ufeff${canonicalJson(bundle)}` },
  INVALID_UNICODE: {
    "a byte that is not UTF-8": Uint8Array.of(0x22, 0xff, 0x22),
    "a lone surrogate": '{"a":"\\ud800"}',
  },
  INVALID_NUMBER: { "a number beyond doubles": canonicalJson(bundle).replace("{", '{"a":1e999,') },
  TOO_DEEP: { "65 levels": `{"a":${"[".repeat(64)}${"]".repeat(64)}}` },
  TOO_LARGE: { "one byte more than allowed": " ".repeat(10_000_001) },
  UNSUPPORTED_DOCUMENT: {
    "an array": [],
    "a number": 5,
    null: null,
    "an empty object": {},
    "another bundle_type": { ...bundle, bundle_type: "pith_bundle" },
    "bundle_version 1": { ...bundle, bundle_version: 1 },
    "bundle_version 2.0": { ...bundle, bundle_version: "2.0" },
    "state_version 2.0": state({}, { state_version: "2.0" }),
    "no state_type": without(state({}), "state_type"),
  },
  MALFORMED_DOCUMENT: {
    "no events": without(bundle, "events"),
    "events null": { ...bundle, events: null },
    "source_aliases null": { ...bundle, source_aliases: null },
    "source_aliases an object, and no Pith number": { ...without(bundle, "pith_number"), source_aliases: {} },
    "no merge_version": state({}, { merge_version: null }),
    "another merge_version": state({}, { merge_version: "pith-open-graph-merge-v2" }),
    "no current, and another hash": { ...without(state({}), "current"), state_sha256: "0" },
    "current an array": { ...state({}), current: [] },
    "record_created an array": state({ record_created: [] }),
    ...Object.fromEntries(stateLists.map((name) => [`${name} null`, state({ [name]: null })])),
    "an entry that is not an object": state({ corrections: [{}, 5] }),
    "an entry that is null": state({ mirror_hints: [null] }),
  },
  PITH_NUMBER_INVALID: {
    "a bundle without a Pith number": without(bundle, "pith_number"),
    "a Pith number that is too short": { ...bundle, pith_number: pithNumber.slice(0, -1) },
    "a Pith number in lower case": { ...bundle, pith_number: pithNumber.toLowerCase() },
    "a Pith number with a line break": { ...bundle, pith_number: `${pithNumber}\n` },
    "a state without a Pith number": withStateSha256(without(stateBody(), "pith_number")),
    "a state with null for its Pith number, and no current": {
      ...stateBody(),
      pith_number: null,
      current: null,
    },
  },
  RECORD_HASH_MISMATCH: {
    "another digest": { ...bundle, canonical_sha256: "0".repeat(64) },
    "no digest": without(bundle, "canonical_sha256"),
    "no record": without(bundle, "canonical_record"),
    "another record": { ...bundle, canonical_record: { ...record, schema_version: "1.1" } },
    "a number of another record": {
      ...bundleFor({ ...record, schema_version: "1.1" }),
      pith_number: pithNumber,
    },
    "another year": bundleFor(record, "2024"),
  },
  STATE_HASH_MISMATCH: {
    "another digest": { ...state({}), state_sha256: "0".repeat(64) },
    "no digest": stateBody(),
    "a changed member": { ...state({}), event_count: 1 },
    "an additional member": { ...state({}), note: "" },
    "a malformed list as well": { ...stateBody({ corrections: null }), state_sha256: "" },
  },
};

const maxBytes = 10_000_000;

function codeOf(document: JsonValue | string | Uint8Array): string {
  const input =
    typeof document === "string" || document instanceof Uint8Array ? document : canonicalJson(document);
  try {
    parseDocument(input, maxBytes);
    return "none";
  } catch (error) {
    if (error instanceof DocumentError) return error.code;
    throw error;
  }
}

describe("parseDocument", () => {
  const rows = Object.entries(refusals).flatMap(([code, cases]) =>
    Object.entries(cases).map(([what, document]) => [code, what, document] as const),
  );

  test.each(rows)("rejects with %s: %s", (code, _, document) => {
    expect(codeOf(document)).toBe(code);
  });

  test("has a case for every error code of documents", () => {
    expect(Object.keys(refusals).sort()).toEqual([...documentErrorCodes].sort());
    expect(Object.values(refusals).filter((cases) => Object.keys(cases).length === 0)).toEqual([]);
  });

  test("readDocument and mergeDocuments reject a parsed value with the same errors", () => {
    expect(() => readDocument([])).toThrow(DocumentError);
    expect(() => mergeDocuments([{ value: { ...bundle, events: 5 } }], keyring)).toThrow("events");
  });

  test("mergeDocuments throws if one of its documents is rejected", () => {
    expect(() => mergeDocuments([canonicalJson(bundle), "{"], keyring)).toThrow(DocumentError);
  });
});

describe("mergeDocuments", () => {
  test.each<[what: string, document: JsonObject]>([
    ["a bundle", bundle],
    ["a bundle without source_aliases", without(bundle, "source_aliases")],
    ["a bundle with unknown members", { ...bundle, exported_by: null, short_pith_number: 5 }],
    ["an empty state", state({})],
    ["a state with record_created null", state({ record_created: null })],
    ["any year if the record has no date", bundleFor({ a: 1 }, "1999")],
    ["any year if submitted_at is not a string", bundleFor({ metadata: { submitted_at: 2023 } }, "1999")],
    [
      "any year if submitted_at does not begin with a year",
      bundleFor({ metadata: { submitted_at: "in 2023-" } }, "1999"),
    ],
    ["any year if metadata is not an object", bundleFor({ metadata: ["2023-"] }, "1999")],
  ])("accepts %s", (_, document) => {
    expect(codeOf(document)).toBe("none");
  });

  test("accepts a document of exactly the maximum number of bytes, and rejects one byte more", () => {
    const text = canonicalJson(bundle);
    const bytes = new TextEncoder().encode(text);
    expect(parseDocument(bytes, bytes.length).kind).toBe("bundle");
    expect(() => parseDocument(bytes, bytes.length - 1)).toThrow("larger");
  });

  test("merges documents of several papers separately", () => {
    const other = bundleFor({ a: 1 });
    const event = signedEvent(registry, { event_type: "correction" });
    const { states, refused } = mergeDocuments(
      [bundleText([event]), canonicalJson({ ...other, events: [event] })],
      keyring,
    );
    expect([...states].map(([number, { events }]) => [number, events.size])).toEqual([
      [pithNumber, 1],
      [other["pith_number"], 0],
    ]);
    expect(refused).toEqual([[event.event_id, "SUBJECT_MISMATCH"]]);
  });

  test("returns warnings and rejections without duplicates, sorted", () => {
    const events = [5, 6, 5, null, true];
    const { refused, warnings } = mergeDocuments(
      [bundleText(events, [1, 2]), bundleText(events, [3])],
      keyring,
    );
    expect(refused).toEqual(
      [5, 6, null, true].map((value) => [`sha256:${sha256OfValue(value)}`, "MALFORMED_EVENT"]).sort(),
    );
    expect(warnings).toEqual(["ALIAS_INCONSISTENT"]);
  });
});

describe("events read from a state document", () => {
  const event = unsignedEvent(registry, { event_type: "correction" });
  const linked = unsignedEvent(registry, { event_type: "correction", prev_event: event.event_id });
  const eventsOf = (current: JsonObject) => {
    const { states, warnings, refused } = mergeDocuments([canonicalJson(state(current))], keyring);
    return { ids: [...(states.get(pithNumber)?.events.keys() ?? [])], warnings, refused };
  };

  test("are those whose id matches without links", () => {
    expect(eventsOf({ corrections: [entryOf(event), entryOf(linked)] })).toEqual({
      ids: [event.event_id],
      warnings: ["EVENT_ID_UNVERIFIABLE"],
      refused: [],
    });
  });

  test("take their type from the list, and ignore other members", () => {
    expect(eventsOf({ mirror_hints: [entryOf(event)] }).warnings).toEqual(["EVENT_ID_UNVERIFIABLE"]);
    const dressed = {
      ...entryOf(event),
      event_type: "mirror_hint",
      signature: 5,
      schema_version: "2",
      prev_event: "x",
    };
    expect(eventsOf({ corrections: [dressed] })).toEqual({
      ids: [event.event_id],
      warnings: [],
      refused: [],
    });
  });

  test("require all five keys of an entry", () => {
    for (const name of Object.keys(entryOf(event))) {
      expect(eventsOf({ corrections: [without(entryOf(event), name)] })).toEqual({
        ids: [],
        warnings: ["EVENT_ID_UNVERIFIABLE"],
        refused: [],
      });
    }
  });

  test("come from every list of the state", () => {
    const types = ["author_attestation", "timestamp_anchor", "storage_attestation", "citation_signature"];
    const more = ["replication_record", "correction", "mirror_hint"];
    const events = shuffled([...types, ...more], 1).map((event_type) =>
      unsignedEvent(registry, { event_type }),
    );
    const created = unsignedEvent(registry, { event_type: "record_created", payload: recordPayload() });
    const first = mergeDocuments([bundleText([...events, created])], keyring).states.get(pithNumber);
    const again = mergeDocuments([first?.text ?? ""], keyring).states.get(pithNumber);
    expect(again?.events.size).toBe(8);
    expect(again?.text).toBe(first?.text);
  });

  test("have proof hash, and are rejected with UNSIGNED at a higher minimum proof", () => {
    const document = canonicalJson(state({ corrections: [entryOf(event)] }));
    expect(mergeDocuments([document], keyring, "receipt").refused).toEqual([[event.event_id, "UNSIGNED"]]);
  });
});

describe("checkPublishedState", () => {
  const check = (document: JsonObject | string) =>
    checkPublishedState(
      parseDocument(typeof document === "string" ? document : canonicalJson(document)),
      keyring,
    );
  const event = unsignedEvent(registry, { event_type: "correction" });
  const merged = mergeDocuments([bundleText([event])], keyring).states.get(pithNumber)?.text ?? "";

  test("is PASSED if merging the state alone gives its digest", () => expect(check(merged)).toBe("PASSED"));

  test("is FAILED if merging the state gives another digest", () => {
    expect(check(state({ corrections: [entryOf(event)] }, { event_count: 1 }))).toBe("FAILED");
    expect(check(state({ corrections: [entryOf(event)] }))).toBe("FAILED");
  });

  test("is NOT_CHECKABLE if the state carries fewer events than it counts", () => {
    expect(check(state({ corrections: [entryOf(event)] }, { event_count: 2 }))).toBe("NOT_CHECKABLE");
    const later = signedEvent(registry, { event_type: "correction", supersedes: [event.event_id] });
    const both = mergeDocuments([bundleText([event, later])], keyring).states.get(pithNumber)?.text ?? "";
    expect(check(both)).toBe("NOT_CHECKABLE");
  });

  test("is null for a bundle", () => expect(check(bundle)).toBeNull());
});

import { describe, expect, test } from "vitest";
import {
  type JsonObject,
  type JsonValue,
  mergeDocuments,
  type Proof,
  sha256OfValue,
  suffixOfDigest,
} from "../../src/protocol/index.ts";
import {
  bundleOf,
  keyring,
  record as plainRecord,
  recordPayload,
  registry,
  signedEvent,
  suffix,
} from "./signed-events.ts";

const time = "2026-06-10T12:00:00Z";
const alias = (kind: string, value: string, createdAt = time): JsonObject => ({
  alias_kind: kind,
  alias_value: value,
  created_at: createdAt,
});

/** The aliases that a bundle of one record keeps, as `kind value`, and the warnings. */
function merged(aliases: JsonValue[], minimumProof: Proof = "hash", record: JsonObject = plainRecord) {
  const digest = sha256OfValue(record);
  const number = `pith:2023:${suffixOfDigest(digest)}`;
  const event = signedEvent(registry, {
    event_type: "record_created",
    subject_pith_number: number,
    payload: { ...recordPayload(), canonical_record: record, canonical_sha256: digest },
  });
  const bundle = {
    ...bundleOf([event], aliases),
    pith_number: number,
    canonical_record: record,
    canonical_sha256: digest,
  };
  const { states, warnings } = mergeDocuments([{ value: bundle }], keyring, minimumProof);
  const [state] = states.values();
  return {
    kept: state?.aliases.map(({ kind, value }) => `${kind} ${value}`),
    follow: state?.aliases.filter((other) => other.followsFromRecord).map(({ kind }) => kind),
    times: state?.aliases.map(({ createdAt }) => createdAt),
    warnings,
  };
}

const withSource = (source: JsonValue): JsonObject => ({ ...plainRecord, source });

describe("aliases that follow from the record", () => {
  test.each<[kind: string, value: string]>([
    ["arxiv", "2302.12192"],
    ["arxiv_version", "2302.12192v1"],
    ["pith_short_8", suffix.slice(0, 8)],
    ["pith_short_12", suffix.slice(0, 12)],
    ["pith_short_16", suffix.slice(0, 16)],
    ["doi", "10.48550/arxiv.2302.12192"],
    ["doi", "10.48550/ARXIV.2302.12192"],
  ])("%s %s is kept, whatever the door", (kind, value) => {
    for (const proof of ["hash", "receipt", "signed"] as const) {
      expect(merged([alias(kind, value)], proof)).toMatchObject({
        kept: [`${kind} ${value}`],
        follow: [kind],
        warnings: [],
      });
    }
  });

  test.each<[kind: string, value: string, source?: JsonValue]>([
    ["arxiv", "2302.12193"],
    ["arxiv", "2302.12192v1"],
    ["arxiv", "", { kind: "crossref", id: "" }],
    ["arxiv", "2302.12192", { kind: "crossref", id: "2302.12192" }],
    ["arxiv", "2302.12192", { kind: "arxiv" }],
    ["arxiv", "2302", { kind: "arxiv", id: 2302 }],
    ["arxiv", "2302.12192", null],
    ["arxiv_version", "2302.12192"],
    ["arxiv_version", "2302.12192v2"],
    ["arxiv_version", "2302.12192v1", { kind: "arxiv", id: "2302.12192", version: "1" }],
    ["arxiv_version", "2302.12192vtrue", { kind: "arxiv", id: "2302.12192", version: true }],
    ["arxiv_version", "2302.12192vundefined", { kind: "arxiv", id: "2302.12192" }],
    ["pith_short_8", suffix.slice(0, 7)],
    ["pith_short_8", suffix.slice(1, 9)],
    ["pith_short_8", suffix.slice(0, 8).toLowerCase()],
    ["pith_short_12", suffix.slice(0, 16)],
  ])("%s %j is dropped where the record says otherwise (%j)", (kind, value, source) => {
    const record = source === undefined ? plainRecord : withSource(source);
    expect(merged([alias(kind, value)], "hash", record)).toMatchObject({
      kept: [],
      warnings: ["ALIAS_INCONSISTENT"],
    });
  });

  test("an integer version of any size", () => {
    const record = withSource({ kind: "arxiv", id: "x", version: 2n ** 70n });
    expect(merged([alias("arxiv_version", `xv${2n ** 70n}`)], "signed", record).warnings).toEqual([]);
  });

  test("without a record there is no arXiv alias", () => {
    const bundle = bundleOf([], [alias("arxiv", "2302.12192"), alias("pith_short_8", suffix.slice(0, 8))]);
    const { states, warnings } = mergeDocuments([{ value: bundle }], keyring);
    expect([...states.values()][0]?.aliases.map(({ kind }) => kind)).toEqual(["pith_short_8"]);
    expect(warnings).toEqual(["ALIAS_INCONSISTENT"]);
  });
});

describe("aliases that are somebody's word", () => {
  test.each([
    ["doi", "10.1000/182"],
    ["doi", "10.48550/arxiv.2302.12193"],
    // The Kelvin sign lower-cases to k outside ASCII, and is no letter of a DOI's prefix.
    ["doi", "10.48550/arxiv.2302.12192\u212a"],
    ["openalex", "W4321"],
    ["pith_short_10", "anything"],
    ["ARXIV", "2302.12192"],
    ["constructor", "x"],
  ])("%s %s is kept at the door hash and dropped above it", (kind, value) => {
    expect(merged([alias(kind, value)])).toMatchObject({
      kept: [`${kind} ${value}`],
      follow: [],
      warnings: [],
    });
    for (const proof of ["receipt", "signed"] as const) {
      expect(merged([alias(kind, value)], proof)).toMatchObject({ kept: [], warnings: ["ALIAS_UNPROVED"] });
    }
  });
});

describe("ill-formed aliases", () => {
  test.each<[what: string, value: JsonValue]>([
    ["null", null],
    ["a text", "arxiv"],
    ["an array", ["arxiv", "2302.12192", time]],
    ["a member less", { alias_kind: "doi", alias_value: "x" }],
    ["a member more", { ...alias("doi", "x"), note: "" }],
    ["a kind that is no text", { alias_kind: null, alias_value: "x", created_at: time }],
    ["a value that is no text", { alias_kind: "doi", alias_value: 5, created_at: time }],
    ["a time that is none", alias("doi", "x", "2026-06-31T00:00:00Z")],
  ])("%s is dropped with a warning", (_, value) => {
    expect(merged([value])).toMatchObject({ kept: [], warnings: ["ALIAS_INCONSISTENT"] });
  });
});

describe("the list", () => {
  test("has the earliest of equal aliases, of equal instants the smaller text", () => {
    const instants = [
      "2026-06-10T12:00:01Z",
      "2026-06-10T12:00:00.50Z",
      "2026-06-10T12:00:00.5Z",
      "2026-06-10T12:00:00.500Z",
    ];
    const all = instants.map((createdAt) => alias("doi", "x", createdAt));
    expect(merged(all).times).toEqual(["2026-06-10T12:00:00.500Z"]);
    expect(merged(all.toReversed()).times).toEqual(["2026-06-10T12:00:00.500Z"]);
  });

  test("is sorted by kind, then value, by code points", () => {
    const kinds = ["\u{10000}", "\uffff", "b", "a"];
    const aliases = kinds.flatMap((kind) => [alias(kind, "\u{10000}"), alias(kind, "\uffff")]);
    expect(merged(aliases).kept).toEqual(
      ["a", "b", "\uffff", "\u{10000}"].flatMap((kind) => [`${kind} \uffff`, `${kind} \u{10000}`]),
    );
  });

  test("tells apart what only looks alike when joined", () => {
    expect(merged([alias("a b", "c"), alias("a", "b c")]).kept).toEqual(["a b c", "a b c"]);
  });
});

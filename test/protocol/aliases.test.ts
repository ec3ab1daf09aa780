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
  receiptOf,
  recordPayload,
  registry,
  signedEvent,
  suffix,
  unsignedEvent,
} from "./signed-events.ts";

const time = "2026-06-10T12:00:00Z";
const alias = (kind: string, value: string, createdAt = time): JsonObject => ({
  alias_kind: kind,
  alias_value: value,
  created_at: createdAt,
});

type Options = {
  /** The minimum proof of the source. */
  readonly minimumProof?: Proof;
  readonly record?: JsonObject;
  /** The proof of `record_created`; null leaves the event out. */
  readonly proof?: Proof | null;
};

/** The aliases, as `kind value`, and the warnings of merging a bundle with one record. */
function merged(
  aliases: JsonValue[],
  { minimumProof = "hash", record = plainRecord, proof = "hash" }: Options = {},
) {
  const digest = sha256OfValue(record);
  const number = `pith:2023:${suffixOfDigest(digest)}`;
  const fields = {
    event_type: "record_created",
    created_at: recordTime,
    subject_pith_number: number,
    payload: {
      ...recordPayload(proof === "receipt" ? receiptOf(registry, digest) : null),
      canonical_record: record,
      canonical_sha256: digest,
    },
  };
  const event = proof === "signed" ? signedEvent(registry, fields) : unsignedEvent(registry, fields);
  const bundle = {
    ...bundleOf(proof === null ? [] : [event], aliases),
    pith_number: number,
    canonical_record: record,
    canonical_sha256: digest,
  };
  const { states, warnings } = mergeDocuments([{ value: bundle }], keyring, minimumProof);
  const [state] = states.values();
  const listed = state?.aliases ?? [];
  return {
    kept: listed.filter(({ isDerived }) => !isDerived).map(({ kind, value }) => `${kind} ${value}`),
    derived: listed.filter(({ isDerived }) => isDerived).map(({ kind, value }) => `${kind} ${value}`),
    follow: listed.filter((other) => other.followsFromRecord).map(({ kind }) => kind),
    times: listed.map(({ createdAt }) => createdAt),
    warnings,
  };
}

const recordTime = "2026-06-10T12:00:00.250Z";
const withSource = (source: JsonValue): JsonObject => ({ ...plainRecord, source });

/** All aliases that follow from the plain record. */
const following: [kind: string, value: string][] = [
  ["arxiv", "2302.12192"],
  ["arxiv_version", "2302.12192v1"],
  ["doi", "10.48550/arxiv.2302.12192"],
  ["pith_short_12", suffix.slice(0, 12)],
  ["pith_short_16", suffix.slice(0, 16)],
  ["pith_short_8", suffix.slice(0, 8)],
];
const names = following.map(([kind, value]) => `${kind} ${value}`);

describe("aliases that follow from the record", () => {
  test.each(following)(
    "%s %s is kept from a source accepted at hash, and no alias is derived",
    (kind, value) => {
      for (const proof of ["hash", "receipt", "signed"] as const) {
        expect(merged([alias(kind, value)], { proof })).toEqual({
          kept: [`${kind} ${value}`],
          derived: [],
          follow: [kind],
          times: [time],
          warnings: [],
        });
      }
    },
  );

  test.each(following)(
    "%s %s is ignored above hash: all aliases are derived from a signed record, with its time",
    (kind, value) => {
      expect(
        merged([alias(kind, value, "2020-01-01T00:00:00Z")], { minimumProof: "signed", proof: "signed" }),
      ).toEqual({
        kept: [],
        derived: names,
        follow: following.map(([name]) => name),
        times: names.map(() => recordTime),
        warnings: [],
      });
    },
  );

  test.each<[proof: Proof | null, minimumProof: Proof, derived: string[]]>([
    ["signed", "hash", names],
    ["signed", "receipt", names],
    ["receipt", "hash", names],
    ["receipt", "receipt", names],
    ["hash", "hash", []],
    [null, "hash", []],
    [null, "signed", []],
  ])(
    "a record of proof %s from a source with minimum proof %s adds the aliases %j",
    (proof, minimumProof, derived) => {
      expect(merged([], { proof, minimumProof })).toMatchObject({ kept: [], derived, warnings: [] });
    },
  );

  /** @threat T5 */
  test("unproved and inconsistent aliases do not prevent the derived ones", () => {
    const given = [
      alias("openalex", "W1"),
      alias("arxiv", "2302.12193"),
      alias("doi", "10.48550/arXiv.2302.12192"),
    ];
    expect(merged(given, { proof: "signed" })).toMatchObject({
      kept: ["doi 10.48550/arXiv.2302.12192", "openalex W1"],
      derived: names,
      warnings: ["ALIAS_INCONSISTENT"],
    });
  });

  test.each<[what: string, source: JsonValue, derived: string[]]>([
    [
      "no integer version",
      { kind: "arxiv", id: "X.Y/é", version: "1" },
      ["arxiv X.Y/é", "doi 10.48550/arxiv.x.y/é"],
    ],
    // The Kelvin sign lower-cases to k outside ASCII, and is no letter of A–Z.
    [
      "letters beyond ASCII",
      { kind: "arxiv", id: "\u212aK" },
      ["arxiv \u212aK", "doi 10.48550/arxiv.\u212ak"],
    ],
    ["an id that is not a string", { kind: "arxiv", id: 2302 }, []],
    ["another kind", { kind: "crossref", id: "2302.12192", version: 1 }, []],
    ["a null source", null, []],
  ])("derives the right arXiv aliases from a source with %s", (_, source, derived) => {
    const all = merged([], { proof: "signed", record: withSource(source) }).derived;
    expect(all.filter((name) => !name.startsWith("pith_short_"))).toEqual(derived);
    expect(all.length).toBe(derived.length + 3);
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
  ])(
    "%s %j is dropped with ALIAS_INCONSISTENT if it contradicts the record (source %j)",
    (kind, value, source) => {
      const record = source === undefined ? plainRecord : withSource(source);
      expect(merged([alias(kind, value)], { record })).toMatchObject({
        kept: [],
        warnings: ["ALIAS_INCONSISTENT"],
      });
      // Above hash there is no warning.
      expect(merged([alias(kind, value)], { record, minimumProof: "signed" }).warnings).toEqual([]);
    },
  );

  test("arxiv_version follows from a version of any size, such as 2^70", () => {
    const record = withSource({ kind: "arxiv", id: "x", version: 2n ** 70n });
    expect(merged([alias("arxiv_version", `xv${2n ** 70n}`)], { record })).toMatchObject({
      follow: ["arxiv_version"],
      warnings: [],
    });
  });

  test("an arXiv alias without a record is dropped with ALIAS_INCONSISTENT", () => {
    const given = [alias("arxiv", "2302.12192"), alias("pith_short_8", suffix.slice(0, 8))];
    expect(merged(given, { proof: null })).toMatchObject({
      kept: [`pith_short_8 ${suffix.slice(0, 8)}`],
      warnings: ["ALIAS_INCONSISTENT"],
    });
  });
});

describe("aliases that do not follow from the record", () => {
  test.each([
    ["doi", "10.1000/182"],
    ["doi", "10.48550/other"],
    ["doi", "10.48550/ar\u212aiv.2302.12192"],
    ["openalex", "W4321"],
    ["openalex", "10.48550/arxiv.2302.12192"],
    ["pith_short_10", "anything"],
    ["ARXIV", "2302.12192"],
    ["constructor", "x"],
  ])("%s %s is kept from a source accepted at hash, else ignored with ALIAS_UNPROVED", (kind, value) => {
    expect(merged([alias(kind, value)])).toMatchObject({
      kept: [`${kind} ${value}`],
      follow: [],
      warnings: [],
    });
    for (const minimumProof of ["receipt", "signed"] as const) {
      expect(merged([alias(kind, value)], { minimumProof })).toMatchObject({
        kept: [],
        warnings: ["ALIAS_UNPROVED"],
      });
    }
  });

  test.each(["10.48550/arxiv.2302.12193", "10.48550/ARXIV.2302.12192", "10.48550/arXiv."])(
    "the arXiv DOI %s is ignored without a warning above hash",
    (value) => {
      expect(merged([alias("doi", value)])).toMatchObject({ kept: [`doi ${value}`], follow: [] });
      expect(merged([alias("doi", value)], { minimumProof: "signed" }).warnings).toEqual([]);
    },
  );
});

describe("malformed aliases", () => {
  test.each<[what: string, value: JsonValue]>([
    ["null", null],
    ["a string", "arxiv"],
    ["an array", ["arxiv", "2302.12192", time]],
    ["an object with a missing member", { alias_kind: "doi", alias_value: "x" }],
    ["an object with an additional member", { ...alias("doi", "x"), note: "" }],
    ["a kind that is not a string", { alias_kind: null, alias_value: "x", created_at: time }],
    ["a value that is not a string", { alias_kind: "doi", alias_value: 5, created_at: time }],
    ["an invalid date", alias("doi", "x", "2026-06-31T00:00:00Z")],
  ])("%s is dropped with ALIAS_INCONSISTENT", (_, value) => {
    expect(merged([value])).toMatchObject({ kept: [], warnings: ["ALIAS_INCONSISTENT"] });
    expect(merged([value], { minimumProof: "signed" })).toMatchObject({ kept: [], warnings: [] });
  });
});

describe("the list of aliases", () => {
  test("keeps the earliest of equal aliases, and at equal instants the smaller text", () => {
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

  test("is sorted by kind, then value, in the order of code points", () => {
    const kinds = ["\u{10000}", "\uffff", "b", "a"];
    const aliases = kinds.flatMap((kind) => [alias(kind, "\u{10000}"), alias(kind, "\uffff")]);
    expect(merged(aliases).kept).toEqual(
      ["a", "b", "\uffff", "\u{10000}"].flatMap((kind) => [`${kind} \uffff`, `${kind} \u{10000}`]),
    );
  });

  test("distinguishes kind `a b` with value `c` from kind `a` with value `b c`", () => {
    expect(merged([alias("a b", "c"), alias("a", "b c")]).kept).toEqual(["a b c", "a b c"]);
  });
});

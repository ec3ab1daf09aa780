import {
  canonicalJson,
  canonicalTextSha256,
  type JsonObject,
  type JsonValue,
  mergeVerified,
  type PithNumber,
  type Proof,
  parseDocument,
  parseJson,
  sha256OfValue,
  suffixOf,
  suffixOfDigest,
  verifyDocument,
} from "../../src/protocol/index.ts";
import {
  author,
  type BodyFields,
  keyring,
  receiptOf,
  registry,
  rotated,
  signedEvent,
  snapshotPayload,
  type TestKey,
  unsignedEvent,
  windowed,
  withStateSha256,
} from "../protocol/signed-events.ts";
import { type Random, randomFrom } from "./random.ts";

/** A document and the minimum proof of its source. */
export type WorldDocument = { readonly text: string; readonly minimumProof: Proof };

/** Identifiers of papers and references: few, so that documents share and contradict them. */
const arxivIds = ["2301.00001", "2301.00002", "2301.00003", "hep-th/9711200", "2301.00005"];
const dois = ["10.1000/a", "10.1000/b", "10.1000/c", "10.1000/d"];
const workIds = [
  "aaaaaaaa-0000-4000-8000-000000000001",
  "bbbbbbbb-0000-4000-8000-000000000002",
  "W-3",
  "W-4",
];

const years = ["2023", "2024"];
/** Too long for an index, and not compressible; its 500th UTF-16 unit is half of a character. */
const longText = `x${Array.from({ length: 4000 }, (_, nth) => String.fromCodePoint(0x20000 + ((nth * 7919) % 40000))).join("")}`;
const minutes = ["12:00:00Z", "12:00:00.000000Z", "12:00:01Z", "12:01:00Z", "13:00:00.5Z"];
const proofs: readonly Proof[] = ["hash", "hash", "hash", "receipt", "signed"];

/** Documents of 5 to 15 papers, made from a seed. Some repeat, some contradict each other. */
export function worldOf(seed: number): WorldDocument[] {
  const random = randomFrom(seed);
  const papers = Array.from({ length: 5 + random.below(11) }, (_, nth) => paperOf(random, nth));
  return papers.flatMap((paper) => documentsOf(random, paper));
}

type Paper = {
  readonly pithNumber: PithNumber;
  readonly record: JsonObject;
  readonly digest: string;
  /** One or more copies of each event. */
  readonly copies: readonly JsonObject[];
  readonly aliases: readonly JsonValue[];
};

function paperOf(random: Random, nth: number): Paper {
  const source = sourceOf(random);
  const record: JsonObject = {
    metadata: {
      nonce: nth,
      submitted_at: `${random.pick(years)}-0${1 + random.below(3)}-0${1 + random.below(3)}T00:00:00Z`,
      ...(random.chance(0.3)
        ? {
            license: "CC0",
            primary_cat: nth % 3 === 0 ? longText : "hep-th",
            cross_cats_sorted: ["a", 1, longText],
          }
        : {}),
      ...(random.chance(0.3) ? { title_canon_sha256: canonicalTextSha256("title 1") } : {}),
    },
    schema_version: "1.0",
    ...(source === null ? {} : { source }),
  };
  const digest = sha256OfValue(record);
  const submittedAt = (record["metadata"] as JsonObject)["submitted_at"] as string;
  const pithNumber = `pith:${submittedAt.slice(0, 4)}:${suffixOfDigest(digest)}` as PithNumber;
  const copies = eventsOf(random, pithNumber, record, digest);
  return { pithNumber, record, digest, copies, aliases: aliasesOf(random, source, pithNumber) };
}

function sourceOf(random: Random): JsonObject | null {
  if (random.chance(0.1))
    return random.pick([null, { kind: "doi", id: random.pick(dois) }, { kind: "arxiv" }]);
  return { id: random.pick(arxivIds), kind: "arxiv", version: 1 + random.below(3) };
}

function aliasesOf(random: Random, source: JsonObject | null, pithNumber: PithNumber): JsonValue[] {
  const id = source?.["id"] ?? "none";
  const values: [string, string][] = [
    ["arxiv", String(id)],
    ["arxiv", random.pick(arxivIds)],
    ["arxiv_version", `${id}v${source?.["version"]}`],
    ["doi", `10.48550/arXiv.${id}`],
    ["doi", random.pick(dois)],
    ["doi", `https://doi.org/${random.pick(dois).toUpperCase()}`],
    ["pith_short_8", suffixOf(pithNumber).slice(0, 8)],
    ["other", "\u0000 anything"],
  ];
  return values.flatMap(([alias_kind, alias_value]) =>
    random.chance(0.3)
      ? [{ alias_kind, alias_value, created_at: `2026-06-0${1 + random.below(2)}T${random.pick(minutes)}` }]
      : [],
  );
}

/** The copies of a paper's events: each signed, unsigned, or both. */
function eventsOf(random: Random, pithNumber: PithNumber, record: JsonObject, digest: string): JsonObject[] {
  const copies: JsonObject[] = [];
  const made: { id: string; type: string; key: TestKey }[] = [];
  const add = (key: TestKey, fields: BodyFields, signing: "unsigned" | "signed" | "both") => {
    const plan = {
      // Mostly later than the event it links to.
      created_at: `2026-06-${random.chance(0.1) ? 10 : 10 + made.length}T${random.pick(minutes)}`,
      subject_pith_number: pithNumber,
      ...fields,
    };
    if (signing !== "signed") copies.push(unsignedEvent(key, plan));
    const signed = signedEvent(key, plan);
    if (signing !== "unsigned") copies.push(signed);
    // A second copy with the same proof and another signature text: every mirror must choose the same one.
    if (signing === "both" && random.chance(0.3)) {
      copies.push({ ...signed, signature: { ...signed.signature, note: random.pick(["", "z"]) } });
    }
    made.push({ id: signed.event_id, type: plan.event_type, key });
  };
  const signing = () => random.pick(["unsigned", "signed", "both"] as const);
  const linkTo = (type: string) => {
    const others = made.filter((event) => event.type === type);
    return others.length === 0 ? null : random.pick(others).id;
  };

  const records = random.pick([0, 1, 1, 1, 1, 1, 2]);
  for (let nth = 0; nth < records; nth++) {
    const key = random.pick([registry, registry, registry, rotated]);
    // A record that links to another event is displaced with it.
    const isChained = random.chance(0.25);
    if (isChained && linkTo("mirror_hint") === null) {
      add(key, { event_type: "mirror_hint", payload: { root: nth } }, "signed");
      add(
        key,
        { event_type: "mirror_hint", payload: { nth }, prev_event: linkTo("mirror_hint") },
        "unsigned",
      );
    }
    add(
      key,
      {
        event_type: "record_created",
        payload: {
          canonical_record: record,
          canonical_sha256: random.chance(0.05) ? "0".repeat(64) : digest,
          receipt: random.chance(0.6) ? receiptOf(key, digest) : null,
          nth,
        },
        prev_event: isChained ? (made.at(-1)?.id ?? null) : null,
        supersedes: supersededBy(random, linkTo("record_created"), 0.4),
      },
      signing(),
    );
    const root = made.find(({ type }) => type === "mirror_hint")?.id;
    if (isChained && root !== undefined && random.chance(0.5)) {
      // The event that the record links to has a rival, better proved unless a signed event vouches for it.
      add(key, { event_type: "mirror_hint", payload: { rival: nth }, prev_event: root }, "signed");
    }
  }
  const snapshots = random.pick([0, 1, 1, 2, 2, 3, 4]);
  for (let nth = 0; nth < snapshots; nth++) {
    const previous = linkTo("graph_snapshot");
    const payload = snapshotOf(random) as JsonObject;
    add(
      random.pick([registry, registry, registry, rotated, windowed]),
      {
        event_type: "graph_snapshot",
        payload,
        prev_event: random.chance(0.4) ? random.pick([previous, linkTo("record_created")]) : null,
        supersedes: supersededBy(random, previous, 0.6),
        ...(random.chance(0.05) ? { target: "paper" } : {}),
      },
      signing(),
    );
    // The same references in another snapshot: retracted and added at once.
    if (random.chance(0.2)) add(registry, { event_type: "graph_snapshot", payload }, signing());
  }
  if (random.chance(0.5)) {
    // Vouches for the event it links to, without being signed evidence itself.
    const on = random.pick([linkTo("graph_snapshot"), linkTo("record_created"), linkTo("mirror_hint")]);
    const key = made.find(({ id }) => id === on)?.key ?? registry;
    add(key, { event_type: "timestamp_anchor", payload: {}, prev_event: on }, "signed");
  }
  if (random.chance(0.2)) {
    add(registry, { event_type: "mirror_hint", payload: {}, prev_event: linkTo("mirror_hint") }, signing());
  }
  if (random.chance(0.2)) {
    add(
      registry,
      { event_type: "correction", payload: {}, prev_event: `sha256:${"0".repeat(64)}` },
      "signed",
    );
  }
  if (random.chance(0.2)) {
    add(
      registry,
      { event_type: copies.length % 2 === 0 ? "\u0000rumour" : longText, payload: {} },
      signing(),
    );
  }
  if (random.chance(0.2))
    add(author, { event_type: random.pick(["author_attestation", "mirror_hint"]) }, signing());
  return copies;
}

function supersededBy(random: Random, id: string | null, probability: number): string[] {
  return id !== null && random.chance(probability) ? [id] : [];
}

const titles = ["title 1", "title  2\n ", "Ein dritter\u0000Titel", 'Schr\\"odinger $\\infty$', " \n", ""];

function snapshotOf(random: Random) {
  const claims = Array.from({ length: random.below(4) }, (_, nth) =>
    random.chance(0.1)
      ? random.pick([null, 1, "text", { claim_id: "C0" }])
      : {
          claim_id: random.pick([`C${nth}`, 7]),
          kind: "strongest_claim",
          text: random.pick(titles),
          status: "s",
          ...(random.chance(0.5) ? { attestation: "unclaimed", source: "abstract" } : {}),
        },
  );
  const references = Array.from({ length: random.below(8) }, () => referenceOf(random));
  const payload = snapshotPayload(claims, references, paperMember(random));
  const snapshot: JsonObject = payload.graph_snapshot;
  const part = snapshot["references"] as JsonObject;
  Object.assign(part, random.pick([{}, {}, { resolved_work: 3, internal_anchors: 10n ** 30n }]));
  if (random.chance(0.2)) part["count"] = references.length + 5;
  if (random.chance(0.2)) snapshot["verdict"] = random.pick([{ b: 1, a: "\u0000" }, "none", null]);
  return payload;
}

function paperMember(random: Random): JsonObject {
  return {
    title: random.pick([...titles, 5]),
    ...random.pick([
      { authors_text: "A. Author, B. Author, and C. Author" },
      { authors: ["D. Author", 5] },
      { headline: "h", abstract_excerpt: "a", license: "CC BY", primary_cat: "cs.DL" },
    ]),
  };
}

const arxivSpellings = [
  (id: string) => id,
  (id: string) => `arXiv:${id}v2`,
  (id: string) => ` https://arxiv.org/abs/${id} `,
];
const doiSpellings = [
  (doi: string) => doi,
  (doi: string) => doi.toUpperCase(),
  (doi: string) => `https://doi.org/${doi}`,
  (doi: string) => `doi: ${doi}`,
];

function referenceOf(random: Random): JsonValue {
  if (random.chance(0.05)) return random.pick([null, 1, "text", []]);
  const arxivId = random.pick(arxivSpellings)(random.pick(arxivIds));
  const doi = random.chance(0.2)
    ? `10.48550/arXiv.${random.pick(arxivIds)}`
    : random.pick(doiSpellings)(random.pick(dois));
  return {
    cited_arxiv_id: random.chance(0.35) ? arxivId : random.pick(["", "", null, " ", "not an id"]),
    doi: random.chance(0.5) ? doi : random.pick(["", "", null, "no doi"]),
    work_id: random.chance(0.6) ? random.pick(workIds) : random.pick(["", "two words"]),
    is_internal_anchor: random.pick([true, false, false, "yes"]),
    title: random.pick([...titles, null]),
    year: random.pick([2001, 2002, null, 0, 9999, 10n ** 30n, "2003", "soon"]),
    ...(random.chance(0.7) ? { ref_index: random.below(9) } : {}),
  };
}

/** A paper's copies and aliases in several bundles and states, some of them equal. */
function documentsOf(random: Random, paper: Paper): WorldDocument[] {
  const { pithNumber, record, digest, copies, aliases } = paper;
  const documents: WorldDocument[] = [];
  const some = <Item>(items: readonly Item[]) => items.filter(() => random.chance(0.5));
  const bundle = (events: readonly JsonObject[]) =>
    canonicalJson({
      bundle_type: "pith_open_graph_bundle",
      bundle_version: "1.0",
      pith_number: pithNumber,
      canonical_record: record,
      canonical_sha256: digest,
      source_aliases: some(aliases),
      events: [...events],
    });
  const add = (text: string) => documents.push({ text, minimumProof: random.pick(proofs) });
  for (const part of random.split(random.shuffle(copies), 4)) add(bundle(part));
  if (random.chance(0.3)) add(bundle([...copies]));
  if (random.chance(0.3)) add(bundle([]));
  if (random.chance(0.4)) {
    const judged = verifyDocument(parseDocument(bundle(some(copies))), keyring, "hash");
    const state = mergeVerified(pithNumber, [judged]).text;
    // States whose counts do not match their contents.
    const claims = random.pick([{}, {}, { event_count: 0 }, { event_count: 99 }]);
    add(canonicalJson(withStateSha256({ ...(parseJson(state) as JsonObject), ...claims })));
  }
  return random.chance(0.2)
    ? documents.filter(({ text }) => text.includes("pith_open_graph_state"))
    : documents;
}

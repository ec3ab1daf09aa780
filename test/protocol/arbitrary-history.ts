import fc from "fast-check";
import { JsonDouble, type JsonObject, type JsonValue, type Proof } from "../../src/protocol/index.ts";
import { type Damage, damages } from "./damaged-copies.ts";
import { numberOf, sha } from "./reference-judge.ts";
import { referenceMerge } from "./reference-merge.ts";
import {
  author,
  bodyOf,
  idOf,
  keys,
  receiptOf,
  record,
  registry,
  rotated,
  shuffled,
  signatureOf,
  snapshotPayload,
  stranger,
  type TestKey,
  windowed,
  withStateSha256,
} from "./signed-events.ts";

/** The form of a copy of an event. The last two are rejected and must leave no trace. */
type CopyKind = "unsigned" | "signed" | "wrongly signed" | "under another id";

/** Which earlier event a link points to; `none` for no link. */
type LinkPlan = { to: "none" | "any" | "alike" | "first" | "missing"; nth: number };

type EventPlan = {
  signer: number;
  type: string;
  target: string;
  time: number;
  prev: LinkPlan;
  supersedes: LinkPlan[];
  /** Its own receipt, one copied from another signer's event, or none. */
  receipt: "own" | "copied" | "none";
  faulty: boolean;
  damage: Damage | null;
  copies: CopyKind[];
};

const signers = [registry, rotated, author, windowed, stranger] as const;

/** Few instants, so that ties are common. Two are the same instant in two spellings; the last is in another month. */
const times = [
  "2026-06-10T12:00:00Z",
  "2026-06-10T12:00:00.000000Z",
  "2026-06-10T12:00:00.000001Z",
  "2026-06-10T12:00:00.5Z",
  "2026-06-10T12:00:01Z",
  "2026-06-11T12:00:00Z",
  "2026-07-01T00:00:00Z",
] as const;

/** Records from which different aliases and years follow. */
const records: readonly JsonObject[] = [
  record,
  { ...record, metadata: { submitted_at: "2023/02/23" } },
  { ...record, metadata: { submitted_at: "2023-" }, source: { kind: "arxiv", id: "Math.AG/0102003" } },
  { ...record, source: { kind: "arxiv", id: "2302.12192", version: new JsonDouble(1) } },
  { ...record, source: { kind: "crossref", id: "2302.12192", version: 1 } },
];

function arbitraryLink(...weights: [to: LinkPlan["to"], weight: number][]): fc.Arbitrary<LinkPlan> {
  return fc.record({
    to: fc.oneof(...weights.map(([to, weight]) => ({ weight, arbitrary: fc.constant(to) }))),
    nth: fc.nat(4),
  });
}

/** Mostly sound: the links of an event that is invalid by itself do not matter. */
const arbitraryPlan: fc.Arbitrary<EventPlan> = fc.record<EventPlan>({
  signer: fc.oneof(
    { weight: 12, arbitrary: fc.constant<number>(0) },
    { weight: 4, arbitrary: fc.constantFrom<number>(1, 2) },
    { weight: 1, arbitrary: fc.constantFrom<number>(3, 4) },
  ),
  type: fc.oneof(
    { weight: 6, arbitrary: fc.constant<string>("record_created") },
    { weight: 6, arbitrary: fc.constantFrom<string>("graph_snapshot", "author_attestation") },
    { weight: 1, arbitrary: fc.constantFrom<string>("mirror_hint", "rumour") },
  ),
  target: fc.oneof(
    { weight: 9, arbitrary: fc.constant<string>("") },
    { weight: 1, arbitrary: fc.constantFrom<string>("record", "null x") },
  ),
  time: fc.nat(times.length - 1),
  prev: arbitraryLink(["none", 6], ["first", 7], ["alike", 4], ["any", 1], ["missing", 1]),
  supersedes: fc.oneof(
    { weight: 6, arbitrary: fc.constant<LinkPlan[]>([]) },
    {
      weight: 6,
      arbitrary: fc.array(arbitraryLink(["alike", 30], ["any", 2], ["missing", 1]), {
        minLength: 1,
        maxLength: 3,
      }),
    },
  ),
  receipt: fc.constantFrom<EventPlan["receipt"]>(
    "own",
    "own",
    "own",
    "own",
    "none",
    "none",
    "none",
    "copied",
  ),
  faulty: fc.nat(30).map((dice) => dice === 0),
  damage: fc.oneof(
    { weight: 30, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constantFrom(...damages) },
  ),
  copies: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom<CopyKind[]>(["signed"], ["unsigned"]) },
    {
      weight: 1,
      arbitrary: fc.array(
        fc.constantFrom<CopyKind>("unsigned", "signed", "wrongly signed", "under another id"),
        { minLength: 1, maxLength: 3 },
      ),
    },
  ),
});

export type History = {
  readonly minimumProof: Proof;
  /** Copies of events, as a bundle carries them. */
  readonly copies: readonly JsonValue[];
  readonly aliases: readonly JsonValue[];
  /** A bundle of this paper. */
  readonly bundle: (copies: readonly JsonValue[], aliases?: readonly JsonValue[]) => JsonObject;
  /** Bundles and states that carry the copies, with repeats, each with the minimum proof of its source. */
  readonly documents: readonly { readonly document: JsonObject; readonly minimumProof: Proof }[];
  /** How a bundle divides the copies: the number of parts and a seed. */
  readonly parts: number;
  readonly seed: number;
};

export const proofs: readonly Proof[] = ["hash", "receipt", "signed"];

const defaultTargets: Record<string, string> = { record_created: "record", graph_snapshot: "graph" };

function payloadOf(plan: EventPlan, key: TestKey, canonicalRecord: JsonObject, nonce: number): JsonObject {
  if (plan.type === "record_created") {
    const digest = sha(canonicalRecord);
    const signer = plan.receipt === "copied" ? (key === registry ? rotated : registry) : key;
    return {
      canonical_record: canonicalRecord,
      canonical_sha256: plan.faulty ? "0".repeat(64) : digest,
      receipt: plan.receipt === "none" ? null : receiptOf(signer, digest),
      nonce,
    };
  }
  if (plan.type === "graph_snapshot") {
    const payload = snapshotPayload([{ nonce }], [], { nonce });
    if (plan.faulty) payload.graph_snapshot.claims["count"] = 2;
    return payload satisfies JsonObject;
  }
  return { nonce };
}

/** Whether the event is likely valid, so that links to it matter. */
function isSound(plan: EventPlan, key: TestKey): boolean {
  const isRight = plan.type !== "record_created" || (plan.target !== "x" && plan.receipt !== "copied");
  const isAccepted = plan.copies.some((kind) => kind === "signed" || kind === "unsigned");
  const isAllowed = key !== stranger && key.event_types.includes(plan.type);
  return !plan.faulty && plan.damage === null && isRight && isAccepted && isAllowed;
}

function copiesOf(plans: readonly EventPlan[], canonicalRecord: JsonObject): JsonValue[] {
  const planned: { id: string; signer: number; type: string; target: string; isSound: boolean }[] = [];
  const copies: JsonValue[] = [];
  let latest = 0;
  for (const [nonce, plan] of plans.entries()) {
    const key = signers[plan.signer] as TestKey;
    const target = plan.target || (defaultTargets[plan.type] ?? "x");
    const idsOf = ({ to, nth }: LinkPlan): string[] => {
      if (to === "none") return [];
      if (to === "missing") return [`sha256:${"f".repeat(64)}`];
      const isAlike = (other: (typeof planned)[number]) =>
        other.signer === plan.signer && other.type === plan.type && other.target === target;
      const candidates = planned.filter(
        (other) => to === "any" || (other.isSound && (to === "first" || isAlike(other))),
      );
      // One of the first two, so that many events link to it, or one of the last.
      const chosen =
        to === "first" ? candidates[nth % 2] : candidates[candidates.length - 1 - (nth % candidates.length)];
      return chosen === undefined ? [] : [chosen.id];
    };
    // One event in seven goes back in time.
    latest = plan.time === 0 ? 0 : Math.max(latest, plan.time);
    const sound = bodyOf(key, {
      event_type: plan.type,
      target,
      subject_pith_number: numberOf(canonicalRecord),
      created_at: times[latest] as string,
      prev_event: idsOf(plan.prev)[0] ?? null,
      supersedes: [...new Set(plan.supersedes.flatMap(idsOf))],
      payload: payloadOf(plan, key, canonicalRecord, nonce),
    });
    const body = plan.damage?.body?.(sound) ?? sound;
    const id = idOf(body);
    const right = signatureOf(key, id);
    for (const kind of plan.copies) {
      const signature =
        kind === "wrongly signed"
          ? { ...right, signature_b64: signatureOf(stranger, id).signature_b64 }
          : right;
      const copy: JsonObject = {
        ...body,
        event_id: kind === "under another id" ? `sha256:${"0".repeat(64)}` : id,
      };
      if (kind !== "unsigned") copy["signature"] = signature;
      copies.push(plan.damage?.copy?.(copy) ?? copy);
    }
    planned.push({ id, signer: plan.signer, type: plan.type, target, isSound: isSound(plan, key) });
  }
  return copies;
}

const arbitraryAlias: fc.Arbitrary<JsonValue> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      alias_kind: fc.constantFrom(
        ...[
          "doi",
          "openalex",
          "arxiv",
          "arxiv_version",
          "pith_short_8",
          "pith_short_16",
          "\u{10000}",
          "\uffff",
        ],
      ),
      alias_value: fc.constantFrom(
        ...["2302.12192", "2302.12192v1", "10.48550/arxiv.2302.12192", "10.48550/arXiv.2302.12192"],
        ...["10.48550/arxiv.math.ag/0102003", "10.1000/182", "W1", ...records.flatMap(shortsOf)],
      ),
      created_at: fc.constantFrom<string[]>(...times, "yesterday"),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<JsonValue>(
      null,
      5,
      {},
      { alias_kind: "doi", alias_value: "x", created_at: times[0], more: 1 },
    ),
  },
);

function shortsOf(canonicalRecord: JsonObject): string[] {
  return [8, 16].map((length) => numberOf(canonicalRecord).slice(10, 10 + length));
}

/** Changes of a state before it becomes a document again, with a matching hash. */
const edits: Record<string, (state: JsonObject, current: JsonObject) => JsonObject> = {
  unchanged: (state) => state,
  "without its aliases": (state, { source_aliases: _, ...current }) => ({ ...state, current }),
  "with another payload": (state, current) => {
    const [first, ...others] = current["graph_snapshots"] as JsonObject[];
    const graph_snapshots = first === undefined ? [] : [{ ...first, payload: {} }, ...others];
    return { ...state, current: { ...current, graph_snapshots } };
  },
  "with an event in another list": (state, current) => ({
    ...state,
    current: { ...current, mirror_hints: current["author_attestations"] as JsonValue },
  }),
};

type Arrangement = {
  /** The index of the minimum proof in `proofs`. */
  minimum: number;
  /** The share of the copies that it carries, in quarters. */
  quarters: number;
  edit: keyof typeof edits | null;
};

const arbitraryArrangement: fc.Arbitrary<Arrangement> = fc.record({
  minimum: fc.constantFrom(0, 0, 0, 1, 2),
  quarters: fc.constantFrom(4, 4, 4, 4, 3, 1),
  edit: fc.oneof(
    { weight: 3, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constantFrom(...Object.keys(edits)) },
  ),
});

/** A history of up to 28 events by several signers: forks, corrections, broken links, copied receipts, forgeries. */
export const arbitraryHistory: fc.Arbitrary<History> = fc
  .record({
    paper: fc.oneof(
      { weight: 4, arbitrary: fc.constant(0) },
      { weight: 3, arbitrary: fc.nat(records.length - 1) },
    ),
    plans: fc.array(arbitraryPlan, { minLength: 2, maxLength: 28, size: "max" }),
    minimumProof: fc.oneof(
      { weight: 4, arbitrary: fc.constant<Proof>("hash") },
      { weight: 1, arbitrary: fc.constantFrom<Proof>("receipt", "signed") },
    ),
    aliases: fc.array(arbitraryAlias, { maxLength: 6 }),
    arrangements: fc.array(arbitraryArrangement, { minLength: 1, maxLength: 4 }),
    parts: fc.integer({ min: 1, max: 4 }),
    seed: fc.nat(),
  })
  .map(({ paper, plans, minimumProof, aliases, arrangements, parts, seed }) => {
    const canonicalRecord = records[paper] as JsonObject;
    const copies = copiesOf(plans, canonicalRecord);
    const bundle: History["bundle"] = (events, sourceAliases = []) => ({
      bundle_type: "pith_open_graph_bundle",
      bundle_version: "1.0",
      pith_number: numberOf(canonicalRecord),
      canonical_record: canonicalRecord,
      canonical_sha256: sha(canonicalRecord),
      source_aliases: [...sourceAliases],
      events: [...events],
    });
    const documents = arrangements.map(({ minimum, quarters, edit }, index) => {
      const some = <Item>(items: readonly Item[]) =>
        shuffled(items, seed + index).slice(0, Math.ceil((items.length * quarters) / 4));
      const carrier = bundle(some(copies), some(aliases));
      return {
        document: edit === null ? carrier : stateOf(carrier, edit),
        minimumProof: proofs[minimum] as Proof,
      };
    });
    return { minimumProof, copies, aliases, bundle, documents, parts, seed };
  });

function stateOf(bundle: JsonObject, edit: string): JsonObject {
  const merged = referenceMerge([{ document: bundle, minimum: 0 }], keys);
  if (typeof merged === "string") throw new Error(`A bundle was rejected: ${merged}`);
  const current = merged.state["current"] as JsonObject;
  return withStateSha256(edits[edit]?.(merged.state, current) ?? merged.state);
}

/** The items, some of them twice, in an order and in groups that the seed decides. */
export function regrouped<Item>(items: readonly Item[], parts: number, seed: number): Item[][] {
  const groups = Array.from({ length: parts }, (): Item[] => []);
  for (const [index, item] of shuffled([...items, ...items.slice(0, 3)], seed).entries()) {
    groups[(index + seed) % parts]?.push(item);
  }
  return groups;
}

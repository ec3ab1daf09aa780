import fc from "fast-check";
import type { JsonObject, JsonValue, Proof } from "../../src/protocol/index.ts";
import type { ReferenceEvent } from "./reference-merge.ts";
import {
  author,
  bodyOf,
  idOf,
  receiptOf,
  recordPayload,
  registry,
  rotated,
  shuffled,
  signatureOf,
  signerOf,
  snapshotPayload,
  stranger,
  suffix,
  type TestKey,
} from "./signed-events.ts";

/** How one copy of an event comes: the last two are refused and must leave no trace. */
type CopyKind = "unsigned" | "signed" | "wrongly signed" | "under another id";

/** Which of the events planned before an event links to; `none` where there is no such event. */
type LinkPlan = { to: "none" | "any" | "sound" | "alike" | "first" | "missing"; nth: number };

type EventPlan = {
  signer: number;
  type: string;
  target: string;
  time: number;
  prev: LinkPlan;
  supersedes: LinkPlan[];
  receipt: boolean;
  faulty: boolean;
  copies: CopyKind[];
};

const signers = [registry, rotated, author, stranger] as const;

/** Few instants, so that ties are common; two of them are one instant in two writings. */
const times = [
  ["2026-06-10T12:00:00Z", 0n],
  ["2026-06-10T12:00:00.000000Z", 0n],
  ["2026-06-10T12:00:00.000001Z", 1n],
  ["2026-06-10T12:00:00.5Z", 500_000n],
  ["2026-06-10T12:00:01Z", 1_000_000n],
  ["2026-06-11T12:00:00Z", 86_400_000_000n],
] as const;

function arbitraryLink(...weights: [to: LinkPlan["to"], weight: number][]): fc.Arbitrary<LinkPlan> {
  return fc.record({
    to: fc.oneof(...weights.map(([to, weight]) => ({ weight, arbitrary: fc.constant(to) }))),
    nth: fc.nat(4),
  });
}

/** Mostly sound, since what is wrong in itself is wrong once and no more: its links are of no interest. */
const arbitraryPlan: fc.Arbitrary<EventPlan> = fc.record<EventPlan>({
  signer: fc.oneof(
    { weight: 12, arbitrary: fc.constant<number>(0) },
    { weight: 4, arbitrary: fc.constantFrom<number>(1, 2) },
    { weight: 1, arbitrary: fc.constant<number>(3) },
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
  prev: arbitraryLink(["none", 6], ["first", 6], ["alike", 3], ["sound", 3], ["any", 1], ["missing", 1]),
  supersedes: fc.oneof(
    { weight: 6, arbitrary: fc.constant<LinkPlan[]>([]) },
    {
      weight: 6,
      arbitrary: fc.array(arbitraryLink(["alike", 20], ["sound", 2], ["any", 1], ["missing", 1]), {
        minLength: 1,
        maxLength: 3,
      }),
    },
  ),
  receipt: fc.boolean(),
  faulty: fc.nat(14).map((dice) => dice === 0),
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
  readonly copies: readonly JsonObject[];
  readonly aliases: readonly JsonValue[];
  /** What must be in the set, with the highest proof of its copies that are let in. */
  readonly accepted: readonly ReferenceEvent[];
  /** How a bundle divides the copies: the number of parts and a seed. */
  readonly parts: number;
  readonly seed: number;
};

const proofs: readonly Proof[] = ["hash", "receipt", "signed"];
const allowed: ReadonlySet<string> = new Set(["author_attestation", "citation_signature"]);

const defaultTargets: Record<string, string> = { record_created: "record", graph_snapshot: "graph" };

function payloadOf(plan: EventPlan, key: TestKey, nonce: number): JsonObject {
  if (plan.type === "record_created") {
    return recordPayload(plan.receipt ? receiptOf(key) : null, {
      nonce,
      ...(plan.faulty ? { canonical_sha256: "0".repeat(64) } : {}),
    });
  }
  if (plan.type === "graph_snapshot") {
    return snapshotPayload(plan.faulty ? [{ nonce }] : [], [], { nonce }) satisfies JsonObject;
  }
  return { nonce };
}

function faultOf(plan: EventPlan, target: string, key: TestKey): string | null {
  if (plan.type === "rumour") return "UNKNOWN_EVENT_TYPE";
  if (key === author && !allowed.has(plan.type)) return "EVENT_TYPE_NOT_ALLOWED";
  if (plan.type === "record_created") {
    if (target !== "record") return "MALFORMED_PAYLOAD";
    return plan.faulty ? "RECORD_HASH_MISMATCH" : null;
  }
  if (plan.type === "graph_snapshot") return target === "graph" ? null : "MALFORMED_PAYLOAD";
  return null;
}

function build(
  plans: readonly EventPlan[],
  minimumProof: Proof,
  parts: number,
  seed: number,
): Omit<History, "aliases"> {
  const planned: { id: string; signer: number; type: string; target: string; sound: boolean }[] = [];
  const copies: JsonObject[] = [];
  const accepted: ReferenceEvent[] = [];
  let latest = 0;
  for (const [nonce, plan] of plans.entries()) {
    const key = signers[plan.signer] as TestKey;
    const target = plan.target || (defaultTargets[plan.type] ?? "x");
    const idsOf = ({ to, nth }: LinkPlan): string[] => {
      if (to === "none") return [];
      if (to === "missing") return [`sha256:${"f".repeat(64)}`];
      const candidates = planned.filter(
        (other) =>
          to === "any" ||
          (other.sound &&
            (to !== "alike" ||
              (other.signer === plan.signer && other.type === plan.type && other.target === target))),
      );
      // What many link to, or what came last.
      const chosen =
        to === "first" ? candidates[nth % 2] : candidates[candidates.length - 1 - (nth % candidates.length)];
      return chosen === undefined ? [] : [chosen.id];
    };
    // One event in six goes back in time.
    latest = plan.time === 0 ? 0 : Math.max(latest, plan.time);
    const [createdAt, instant] = times[latest] as (typeof times)[number];
    const prev = idsOf(plan.prev)[0] ?? null;
    const supersedes = [...new Set(plan.supersedes.flatMap(idsOf))];
    const body = bodyOf(key, {
      event_type: plan.type,
      target,
      created_at: createdAt,
      prev_event: prev,
      supersedes,
      payload: payloadOf(plan, key, nonce),
    });
    const id = idOf(body);
    const fault = faultOf(plan, target, key);
    const unsignedProof = plan.type === "record_created" && plan.receipt && fault === null ? 1 : 0;
    let proof = -1;
    for (const kind of plan.copies) {
      const right = signatureOf(key, id);
      if (kind === "unsigned") copies.push({ ...body, event_id: id });
      else if (kind === "signed") copies.push({ ...body, event_id: id, signature: right });
      else if (kind === "wrongly signed") {
        copies.push({
          ...body,
          signature: { ...right, signature_b64: signatureOf(stranger, id).signature_b64 },
        });
      } else copies.push({ ...body, event_id: `sha256:${"0".repeat(64)}`, signature: right });
      const copyProof = kind === "unsigned" ? unsignedProof : kind === "signed" ? 2 : -1;
      if (copyProof >= proofs.indexOf(minimumProof)) proof = Math.max(proof, copyProof);
    }
    const isAccepted = proof >= 0 && key !== stranger;
    planned.push({ id, signer: plan.signer, type: plan.type, target, sound: isAccepted && fault === null });
    if (!isAccepted) continue;
    const { public_key_fingerprint: fingerprint, signer_id: signerId } = signerOf(key);
    accepted.push({
      id,
      instant,
      type: plan.type,
      target,
      fingerprint,
      signerId,
      prev,
      supersedes,
      proof,
      fault,
    });
  }
  return { minimumProof, copies, accepted, parts, seed };
}

const aliasTimes = fc.constantFrom<string[]>(...times.map(([text]) => text), "yesterday");
const arbitraryAlias: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.record({
    alias_kind: fc.constantFrom(
      "doi",
      "openalex",
      "arxiv",
      "arxiv_version",
      "pith_short_8",
      "\u{10000}",
      "\uffff",
    ),
    alias_value: fc.constantFrom(
      "2302.12192",
      "2302.12192v1",
      "10.48550/arXiv.2302.12192",
      suffix.slice(0, 8),
      "W1",
    ),
    created_at: aliasTimes,
  }),
  fc.constantFrom<JsonValue>(
    null,
    5,
    {},
    { alias_kind: "doi", alias_value: "x", created_at: times[0][0], more: 1 },
  ),
);

/** A history of some dozen events by several signers: forks, corrections, links to nothing, forgeries. */
export const arbitraryHistory: fc.Arbitrary<History> = fc
  .record({
    plans: fc.array(arbitraryPlan, { minLength: 2, maxLength: 28, size: "max" }),
    minimumProof: fc.oneof(
      { weight: 4, arbitrary: fc.constant<Proof>("hash") },
      { weight: 1, arbitrary: fc.constantFrom<Proof>("receipt", "signed") },
    ),
    aliases: fc.array(arbitraryAlias, { maxLength: 6 }),
    parts: fc.integer({ min: 1, max: 4 }),
    seed: fc.nat(),
  })
  .map(({ plans, minimumProof, aliases, parts, seed }) => ({
    ...build(plans, minimumProof, parts, seed),
    aliases,
  }));

/** The copies and aliases in an order and a grouping into bundles that the seed decides, some of them twice. */
export function regrouped<Item>(items: readonly Item[], parts: number, seed: number): Item[][] {
  const groups = Array.from({ length: parts }, (): Item[] => []);
  for (const [index, item] of shuffled([...items, ...items.slice(0, 3)], seed).entries()) {
    groups[(index + seed) % parts]?.push(item);
  }
  return groups;
}

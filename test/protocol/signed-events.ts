import { createPrivateKey, type KeyObject, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import {
  canonicalJson,
  createKeyring,
  eventLists,
  type JsonObject,
  type JsonValue,
  type KeyringEntry,
  type PithNumber,
  sha256OfValue,
  suffixOf,
  suffixOfDigest,
  type TrustedKey,
} from "../../src/protocol/index.ts";

/** A key that tests and benchmarks sign with: one of the published test keys. */
export type TestKey = KeyringEntry & { name: string; seed_hex: string };

const allKeys = JSON.parse(
  readFileSync(new URL("../vectors/test-keys.json", import.meta.url), "utf8"),
) as TestKey[];

export function testKey(name: string): TestKey {
  const key = allKeys.find((other) => other.name === name);
  if (key === undefined) throw new Error(`test-keys.json has no key ${name}`);
  return key;
}

export const registry = testKey("registry");
/** May sign in June 2026 only. */
export const windowed = testKey("registry-window");
/** May sign author_attestation and citation_signature only. */
export const author = testKey("author");
/** The registry's next key: the same signer_id under another fingerprint. */
export const rotated = testKey("rotated");
/** In no keyring. */
export const stranger = testKey("stranger");

/** The trusted keys. */
export const keys: readonly TestKey[] = [registry, windowed, author, rotated];
export const keyring = createKeyring(keys);

export function trusted(key: TestKey): TrustedKey {
  const [entry] = createKeyring([key]).values();
  return entry as TrustedKey;
}

const fingerprints = new Map(allKeys.map((key) => [key.name, trusted(key).fingerprint]));

export function signerOf(key: TestKey) {
  return {
    key_id: key.key_id,
    public_key_fingerprint: fingerprints.get(key.name) as string,
    signer_id: key.signer_id,
    signer_type: key.signer_type,
  };
}

const privateKeys = new Map<string, KeyObject>();

/** Base64 of an Ed25519 signature over the bytes that a hex text names. */
export function signHex(key: TestKey, hex: string): string {
  let privateKey = privateKeys.get(key.seed_hex);
  if (privateKey === undefined) {
    const der = Buffer.from(`302e020100300506032b657004220420${key.seed_hex}`, "hex");
    privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
    privateKeys.set(key.seed_hex, privateKey);
  }
  return sign(null, Buffer.from(hex, "hex"), privateKey).toString("base64");
}

export const record = {
  metadata: {
    primary_cat: "cs.DL",
    submitted_at: "2023-02-23T17:34:53Z",
    title_canon_sha256: "b".repeat(64),
  },
  schema_version: "1.0",
  source: { id: "2302.12192", kind: "arxiv", version: 1 },
} satisfies JsonObject;
export const recordDigest = sha256OfValue(record);
export const pithNumber = `pith:2023:${suffixOfDigest(recordDigest)}` as PithNumber;
export const suffix = suffixOf(pithNumber);

export function receiptOf(key: TestKey, digest = recordDigest): JsonObject {
  return {
    algorithm: "ed25519",
    canonical_sha256: digest,
    key_id: key.key_id,
    public_key_fingerprint: signerOf(key).public_key_fingerprint,
    signature_b64: signHex(key, digest),
    signed_message: "canonical_sha256_bytes",
  };
}

export function recordPayload(receipt: JsonValue = null, extra: JsonObject = {}): JsonObject {
  return { canonical_record: record, canonical_sha256: recordDigest, receipt, ...extra };
}

const partSha256 = (items: JsonValue) => sha256OfValue({ payload: items });

/** The payload of a valid graph_snapshot. */
export function snapshotPayload(
  claims: JsonValue[] = [],
  references: JsonValue[] = [],
  paper: JsonObject = {},
): {
  graph_snapshot: Record<"claims" | "references" | "author_claims" | "formal_canon" | "paper", JsonObject>;
} {
  return {
    graph_snapshot: {
      author_claims: { count: 0, snapshot_sha256: partSha256([]) },
      claims: { count: claims.length, items: claims, snapshot_sha256: partSha256(claims) },
      formal_canon: { evidence_count: 0, snapshot_sha256: partSha256([]) },
      paper,
      references: { count: references.length, sample: references, snapshot_sha256: partSha256(references) },
    },
  };
}

export type BodyFields = {
  created_at?: string;
  event_type: string;
  payload?: JsonObject;
  prev_event?: string | null;
  schema_version?: string;
  signer?: JsonValue;
  subject_pith_number?: string;
  supersedes?: string[];
  target?: string;
};

const targets = new Map([
  ["record_created", "record"],
  ["graph_snapshot", "graph"],
]);

/** The nine members of an event by `key`, with valid defaults. */
export function bodyOf(key: TestKey, fields: BodyFields) {
  return {
    created_at: "2026-06-10T12:00:00Z",
    payload: {},
    prev_event: null,
    schema_version: "1.0",
    signer: signerOf(key),
    subject_pith_number: pithNumber,
    supersedes: [] as string[],
    target: targets.get(fields.event_type) ?? "paper",
    ...fields,
  } satisfies JsonObject;
}

export function idOf(body: JsonObject): string {
  return `sha256:${sha256OfValue(body)}`;
}

export function signatureOf(key: TestKey, id: string) {
  return {
    algorithm: "ed25519",
    key_id: key.key_id,
    signature_b64: signHex(key, id.slice(7)),
    signed_message: "event_sha256_bytes",
  };
}

export function unsignedEvent(key: TestKey, fields: BodyFields) {
  const body = bodyOf(key, fields);
  return { ...body, event_id: idOf(body) };
}

export function signedEvent(key: TestKey, fields: BodyFields) {
  const event = unsignedEvent(key, fields);
  return { ...event, signature: signatureOf(key, event.event_id) };
}

export function bundleOf(events: JsonValue[], aliases: JsonValue[] = []) {
  return {
    bundle_type: "pith_open_graph_bundle",
    bundle_version: "1.0",
    pith_number: pithNumber,
    canonical_record: record,
    canonical_sha256: recordDigest,
    source_aliases: aliases,
    events,
  } satisfies JsonObject;
}

export function bundleText(events: JsonValue[], aliases: JsonValue[] = []): string {
  return canonicalJson(bundleOf(events, aliases));
}

/** A state document without its `state_sha256`, empty by default. */
export function stateBody(current: JsonObject = {}, more: JsonObject = {}): JsonObject {
  return {
    state_type: "pith_open_graph_state",
    state_version: "1.0",
    merge_version: "pith-open-graph-merge-v1",
    pith_number: pithNumber,
    current,
    ...more,
  };
}

export function withStateSha256(state: JsonObject): JsonObject {
  const { state_sha256: _, ...rest } = state;
  return { ...rest, state_sha256: sha256OfValue(rest) };
}

/** The entry of an event in a state. */
export function entryOf(event: JsonObject): JsonObject {
  const { event_id, target, created_at, signer, payload } = event as Record<string, JsonValue>;
  return { event_id, target, created_at, signer, payload } as JsonObject;
}

/** `items` in an order that depends only on the seed (mulberry32, Fisher–Yates). */
export function shuffled<Item>(items: readonly Item[], seed: number): Item[] {
  const result = [...items];
  let state = seed;
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  for (let index = result.length - 1; index > 0; index--) {
    const other = Math.floor(random() * (index + 1));
    [result[index], result[other]] = [result[other] as Item, result[index] as Item];
  }
  return result;
}

/** The lists of a state's `current` whose order carries no meaning. */
export const stateLists: readonly string[] = [
  ...Object.values(eventLists).filter((name) => name !== "record_created"),
  "source_aliases",
];

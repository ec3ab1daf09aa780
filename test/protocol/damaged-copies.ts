import { Point } from "@noble/ed25519";
import type { JsonObject, JsonValue } from "../../src/protocol/index.ts";

/**
 * A change that makes an event wrong, or unusual but valid: `body` before its id and signature are made, `copy` after.
 * The reference implementation decides whether it is accepted.
 */
export type Damage = {
  readonly what: string;
  readonly body?: (body: JsonObject) => JsonObject;
  readonly copy?: (copy: JsonObject) => JsonValue;
};

function nested(levels: number): JsonValue {
  let value: JsonValue = [];
  for (let level = 1; level < levels; level++) value = [value];
  return value;
}

const member = (name: string, value: JsonValue): Damage => ({
  what: `${name} = ${JSON.stringify(value)}`,
  body: (body) => ({ ...body, [name]: value }),
});

const inSigner = (name: string, value: JsonValue): Damage => ({
  what: `signer.${name} = ${JSON.stringify(value)}`,
  body: (body) => ({ ...body, signer: { ...(body["signer"] as JsonObject), [name]: value } }),
});

const inPayload = (what: string, change: (payload: JsonObject) => JsonObject): Damage => ({
  what: `payload ${what}`,
  body: (body) => ({
    ...body,
    payload: { ...(body["payload"] as JsonObject), ...change(body["payload"] as JsonObject) },
  }),
});

const inReceipt = (what: string, change: JsonObject): Damage =>
  inPayload(`with a receipt ${what}`, ({ receipt }) =>
    receipt === null || receipt === undefined ? {} : { receipt: { ...(receipt as JsonObject), ...change } },
  );

const inSnapshot = (what: string, change: (snapshot: JsonObject) => JsonObject): Damage =>
  inPayload(`with a snapshot ${what}`, ({ graph_snapshot: snapshot }) =>
    snapshot === undefined
      ? {}
      : { graph_snapshot: { ...(snapshot as JsonObject), ...change(snapshot as JsonObject) } },
  );

const inSignature = (what: string, change: JsonObject): Damage => ({
  what: `signature ${what}`,
  copy: (copy) =>
    copy["signature"] === undefined
      ? copy
      : { ...copy, signature: { ...(copy["signature"] as JsonObject), ...change } },
});

const identity = Buffer.concat([Point.ZERO.toBytes(), Buffer.alloc(32)]).toString("base64");

export const damages: readonly Damage[] = [
  ...[59, 60].map((levels) => ({
    ...inPayload(`of ${levels + 1} levels`, () => ({ deep: nested(levels) })),
  })),
  member("schema_version", 1),
  member("schema_version", "1.1"),
  member("created_at", "2026-02-29T00:00:00Z"),
  member("created_at", "2026-06-10T24:00:00Z"),
  member("created_at", "0000-06-10T12:00:00Z"),
  member("created_at", "2026-06-10T12:00:00.Z"),
  member("created_at", "2026-06-10T12:00:00.1234567Z"),
  member("target", null),
  member("event_type", []),
  member("payload", []),
  member("prev_event", `sha256:${"F".repeat(64)}`),
  member("prev_event", false),
  member("supersedes", null),
  member("supersedes", [`sha256:${"a".repeat(64)}`, `sha256:${"a".repeat(64)}`]),
  member("subject_pith_number", `pith:2023:${"A".repeat(26)}`),
  inSigner("key_id", "another"),
  inSigner("signer_type", "another"),
  inSigner("signer_id", 5),
  inSigner("more", "member"),
  inPayload("without a receipt", () => ({ receipt: false })),
  inPayload("with an array for a record", () => ({ canonical_record: [] })),
  inReceipt("with an additional member", { note: "" }),
  inReceipt("of another message", { signed_message: "canonical_sha256" }),
  inReceipt("of another record", { canonical_sha256: "a".repeat(64) }),
  inReceipt("of another key_id", { key_id: "another" }),
  inReceipt("whose R is the identity", { signature_b64: identity }),
  inSnapshot("without paper", () => ({ paper: null })),
  inSnapshot("with author_claims null", () => ({ author_claims: null })),
  inSnapshot("without author_claims", () => ({ author_claims: {} })),
  inSnapshot("that counts references it does not list", ({ references }) => ({
    references: { ...(references as JsonObject), count: 3 },
  })),
  inSnapshot("that counts a negative number of references", ({ references }) => ({
    references: { ...(references as JsonObject), count: -1 },
  })),
  inSnapshot("that counts evidence", ({ formal_canon: canon }) => ({
    formal_canon: { ...(canon as JsonObject), evidence_count: 2n ** 60n },
  })),
  inSignature("with an additional member", { note: "" }),
  inSignature("of another algorithm", { algorithm: "Ed25519" }),
  inSignature("of another key_id", { key_id: "another" }),
  inSignature("whose R is the identity", { signature_b64: identity }),
  { what: "signature null", copy: (copy) => ({ ...copy, signature: null }) },
  { what: "signature false", copy: (copy) => ({ ...copy, signature: false }) },
  { what: "event_id null", copy: (copy) => ({ ...copy, event_id: null }) },
  { what: "no event_id", copy: ({ event_id: _, ...copy }) => copy },
  { what: "an additional member", copy: (copy) => ({ ...copy, note: [] }) },
  { what: "a missing member", copy: ({ supersedes: _, ...copy }) => copy },
  { what: "not an object", copy: (copy) => [copy] },
];

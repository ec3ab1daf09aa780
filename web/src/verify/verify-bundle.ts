import sampleKeys from "../../../sample/keyring.json" with { type: "json" };
import {
  type AcceptedEvent,
  checkPaper,
  createKeyring,
  currentSnapshot,
  isJsonObject,
  type JsonObject,
  type Keyring,
  type KeyringEntry,
  type MergedEvent,
  type MergedState,
  mergeVerified,
  type PaperChecks,
  parseDocument,
  parseJson,
  type RejectedCopy,
  type RejectionReason,
  registryKey,
  sha256OfValue,
  summaryOf,
  verifyDocument,
} from "../../../src/protocol/index.ts";
import { type BundleFields, readBundleFields } from "./bundle-fields.ts";

/** Where a key comes from. */
export type KeyOrigin = "registry" | "sample" | "added";

export type UsedKey = {
  readonly fingerprint: string;
  readonly keyId: string;
  readonly signerId: string;
  readonly origin: KeyOrigin;
};

export type RejectedEvent = {
  readonly id: string;
  readonly reason: RejectionReason;
  /** As the event states; not verified. */
  readonly signerId: string;
  readonly fingerprint: string;
};

export type VerifiedEvent = {
  readonly id: string;
  /** In the form of GraphQL: `CURRENT`, …; the proof of this copy: `SIGNED`, …. */
  readonly status: string;
  readonly proof: string;
  readonly invalidReason: string | null;
};

/** The result of verifying a bundle. Plain values, to be sent from a worker. */
export type VerifiedPaper = {
  readonly pithNumber: string;
  readonly canonicalSha256: string;
  readonly stateSha256: string;
  readonly checks: PaperChecks;
  /** The proof of the current snapshot, else of the record: `SIGNED`, `RECEIPT` or `HASH`. */
  readonly proof: string;
  readonly equivocations: number;
  readonly invalidEvents: number;
  readonly events: readonly VerifiedEvent[];
  readonly rejected: readonly RejectedEvent[];
  readonly keys: readonly UsedKey[];
  /** The key that signed the shown content: the current snapshot, else the record. */
  readonly contentKey: UsedKey | null;
  /** How many valid signatures there are: of events, and of receipts. */
  readonly signatures: number;
  readonly receipts: number;
  readonly fields: BundleFields;
};

/**
 * Verifies a bundle: every hash, every signature, and the merge of its events. Trusts the registry's key and those
 * that the reader added; with `hasSample` also the demo key, whose signatures prove nothing. Never trusts a key that
 * the server names. Throws a DocumentError if the document is rejected as a whole, a KeyringError if a key is
 * unusable.
 */
export function verifyBundle(
  bytes: Uint8Array,
  { added, hasSample }: { readonly added: readonly KeyringEntry[]; readonly hasSample: boolean },
): VerifiedPaper {
  const known: readonly KeyringEntry[] = hasSample ? [registryKey, ...sampleKeys] : [registryKey];
  const keys = new Set(known.map((key) => key.public_key_b64));
  const more = added.filter((key) => !keys.has(key.public_key_b64));
  const keyring = createKeyring([...known, ...more]);
  const document = parseDocument(bytes);
  const judged = verifyDocument(document, keyring, "hash");
  const state = mergeVerified(document.pithNumber, [judged]);
  const record = state.canonicalRecord ?? parsedObject(document.record?.text ?? "{}");
  const snapshot = currentSnapshot(state);
  const value = snapshot?.event.payload["graph_snapshot"];
  const graphSnapshot = isJsonObject(value) ? value : null;
  const metadata = record["metadata"];
  return {
    pithNumber: document.pithNumber,
    canonicalSha256: sha256OfValue(record),
    stateSha256: state.sha256,
    checks: checkPaper(summaryOf(state), graphSnapshot, isJsonObject(metadata) ? metadata : {}),
    proof: upper(snapshot?.standing ?? state.recordCreated?.standing ?? "hash"),
    equivocations: state.equivocations.length,
    invalidEvents: state.events.size - state.validCount,
    events: [...state.events.values()].map(eventOf),
    rejected: judged.refused.map(toRejectedEvent),
    keys: usedKeys(state, keyring),
    contentKey: keyOf(snapshot ?? state.recordCreated, keyring),
    signatures: judged.events.filter(({ proof }) => proof === "signed").length,
    receipts: judged.events.filter(hasGoodReceipt).length,
    fields: readBundleFields(record, graphSnapshot),
  };
}

function parsedObject(text: string): JsonObject {
  const value = parseJson(text);
  return isJsonObject(value) ? value : {};
}

function eventOf({ event, status, reason }: MergedEvent): VerifiedEvent {
  return { id: event.id, status: upper(status), proof: upper(event.proof), invalidReason: reason };
}

function toRejectedEvent({ id, reason, copy }: RejectedCopy): RejectedEvent {
  const signer = isJsonObject(copy) ? copy["signer"] : undefined;
  const member = (name: string) => {
    const text = isJsonObject(signer) ? signer[name] : undefined;
    return typeof text === "string" ? text : "";
  };
  return { id, reason, signerId: member("signer_id"), fingerprint: member("public_key_fingerprint") };
}

function hasGoodReceipt({ type, fault, payload }: AcceptedEvent): boolean {
  return type === "record_created" && fault === null && (payload["receipt"] ?? null) !== null;
}

function usedKeys(state: MergedState, keyring: Keyring): readonly UsedKey[] {
  const keys = new Map<string, UsedKey>();
  for (const { event } of state.events.values()) {
    keys.set(event.signer.public_key_fingerprint, usedKey(event.signer, keyring));
  }
  return [...keys.values()];
}

function usedKey(signer: AcceptedEvent["signer"], keyring: Keyring): UsedKey {
  const { public_key_fingerprint: fingerprint, key_id: keyId, signer_id: signerId } = signer;
  return { fingerprint, keyId, signerId, origin: originOf(keyring.get(fingerprint)?.publicKeyBase64) };
}

function keyOf(
  shown: { readonly event: AcceptedEvent } | null | undefined,
  keyring: Keyring,
): UsedKey | null {
  return shown === null || shown === undefined ? null : usedKey(shown.event.signer, keyring);
}

function originOf(publicKey: string | undefined): KeyOrigin {
  if (publicKey === registryKey.public_key_b64) return "registry";
  return sampleKeys.some((key) => key.public_key_b64 === publicKey) ? "sample" : "added";
}

function upper(name: string): string {
  return name.toUpperCase();
}

import { expect, test } from "vitest";
import {
  canonicalJson,
  type EventId,
  type JsonObject,
  type Keyring,
  type StoredSignature,
  verifyEventCopy,
} from "../../src/protocol/index.ts";
import {
  keyring,
  pithNumber,
  receiptOf,
  recordPayload,
  registry,
  signatureOf,
  signedEvent,
  signHex,
  stranger,
  unsignedEvent,
  windowed,
} from "./signed-events.ts";

/** A keyring that counts how often its keys verify. */
function counting(): { keyring: Keyring; verified: () => number } {
  let count = 0;
  const counted = new Map(
    [...keyring].map(([fingerprint, key]) => [
      fingerprint,
      {
        ...key,
        verify: (message: Uint8Array, signature: Uint8Array) => {
          count++;
          return key.verify(message, signature);
        },
      },
    ]),
  );
  return { keyring: counted, verified: () => count };
}

/** Judges an event while others are stored; returns the judgement and the number of verifications. */
function judge(event: JsonObject, stored: readonly JsonObject[] = [], fault: string | null = null) {
  const { keyring: counted, verified } = counting();
  const signatures = new Map<unknown, StoredSignature>(
    stored.map((other) => [
      other["event_id"],
      { signature: other["signature"] === undefined ? null : canonicalJson(other["signature"]), fault },
    ]),
  );
  const judgement = verifyEventCopy(event, {
    pithNumber,
    keyring: counted,
    minimumProof: "hash",
    storedSignature: (id: EventId) => signatures.get(id),
  });
  const { event_id: id } = event;
  return judgement.accepted
    ? {
        id: judgement.event.id === id,
        proof: judgement.event.proof,
        fault: judgement.event.fault,
        verified: verified(),
      }
    : { reason: judgement.reason, verified: verified() };
}

const recordEvent = signedEvent(registry, {
  event_type: "record_created",
  payload: recordPayload(receiptOf(registry)),
});

test("verifyEventCopy verifies the signature and the receipt of an event that is not stored", () => {
  expect(judge(recordEvent)).toEqual({ id: true, proof: "signed", fault: null, verified: 2 });
});

test("verifyEventCopy does not verify a stored event with the same signature again", () => {
  expect(judge(recordEvent, [recordEvent])).toEqual({ id: true, proof: "signed", fault: null, verified: 0 });
});

test("verifyEventCopy verifies another signature for a stored event, and rejects a wrong one with SIGNATURE_INVALID", () => {
  const forged = {
    ...recordEvent,
    signature: { ...recordEvent.signature, signature_b64: signHex(stranger, "00") },
  };
  expect(judge(forged, [recordEvent])).toEqual({ reason: "SIGNATURE_INVALID", verified: 1 });
  const more = {
    ...recordEvent,
    signature: { ...recordEvent.signature, note: "the same signature with an additional member" },
  };
  expect(judge(more, [recordEvent])).toEqual({ id: true, proof: "signed", fault: null, verified: 1 });
});

test("verifyEventCopy verifies a signature for an event that is stored without one", () => {
  const { signature: _, ...unsigned } = recordEvent;
  expect(judge(recordEvent, [unsigned])).toEqual({ id: true, proof: "signed", fault: null, verified: 1 });
  expect(judge(unsigned, [recordEvent])).toEqual({ id: true, proof: "receipt", fault: null, verified: 0 });
});

test("verifyEventCopy reports RECEIPT_INVALID again for a stored event, verifying only its receipt", () => {
  const bad = signedEvent(registry, {
    event_type: "record_created",
    payload: recordPayload({ ...receiptOf(registry), signature_b64: signHex(stranger, "00") }),
  });
  expect(judge(bad)).toEqual({ id: true, proof: "signed", fault: "RECEIPT_INVALID", verified: 2 });
  expect(judge(bad, [bad], "RECEIPT_INVALID")).toEqual({
    id: true,
    proof: "signed",
    fault: "RECEIPT_INVALID",
    verified: 1,
  });
});

test("verifyEventCopy checks the key against the current keyring, even if the event is stored", () => {
  const late = signedEvent(windowed, { event_type: "mirror_hint", created_at: "2026-07-10T12:00:00Z" });
  expect(judge(late, [late])).toEqual({ reason: "KEY_NOT_VALID", verified: 0 });
  const unknown = signedEvent(stranger, { event_type: "mirror_hint" });
  expect(judge(unknown, [unknown])).toEqual({ reason: "UNKNOWN_SIGNER", verified: 0 });
});

test("verifyEventCopy compares a signature only with that of the same event", () => {
  const other = unsignedEvent(registry, { event_type: "mirror_hint" });
  const borrowed = { ...other, signature: signatureOf(registry, recordEvent.event_id) };
  expect(judge(borrowed, [recordEvent])).toEqual({ reason: "SIGNATURE_INVALID", verified: 1 });
});

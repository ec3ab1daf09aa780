import { expect, test } from "vitest";
import {
  canonicalJson,
  type EventId,
  type HeldSignature,
  type JsonObject,
  judgeEvent,
  type Keyring,
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

/** Judges an event of which others are held; says what became of it, and after how many verifications. */
function judge(event: JsonObject, held: readonly JsonObject[] = [], fault: string | null = null) {
  const { keyring: counted, verified } = counting();
  const signatures = new Map<unknown, HeldSignature>(
    held.map((other) => [
      other["event_id"],
      { signature: other["signature"] === undefined ? null : canonicalJson(other["signature"]), fault },
    ]),
  );
  const judgement = judgeEvent(event, {
    pithNumber,
    keyring: counted,
    minimumProof: "hash",
    heldEvent: (id: EventId) => signatures.get(id),
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

test("what is not held is verified: the signature and the receipt", () => {
  expect(judge(recordEvent)).toEqual({ id: true, proof: "signed", fault: null, verified: 2 });
});

test("the same event with the same signature is not verified again", () => {
  expect(judge(recordEvent, [recordEvent])).toEqual({ id: true, proof: "signed", fault: null, verified: 0 });
});

test("another signature for an event that is held is verified, and refused where it is none", () => {
  const forged = {
    ...recordEvent,
    signature: { ...recordEvent.signature, signature_b64: signHex(stranger, "00") },
  };
  expect(judge(forged, [recordEvent])).toEqual({ reason: "SIGNATURE_INVALID", verified: 1 });
  const more = {
    ...recordEvent,
    signature: { ...recordEvent.signature, note: "the same, and a member more" },
  };
  expect(judge(more, [recordEvent])).toEqual({ id: true, proof: "signed", fault: null, verified: 1 });
});

test("a signature for an event that is held without one is verified", () => {
  const { signature: _, ...unsigned } = recordEvent;
  expect(judge(recordEvent, [unsigned])).toEqual({ id: true, proof: "signed", fault: null, verified: 1 });
  expect(judge(unsigned, [recordEvent])).toEqual({ id: true, proof: "receipt", fault: null, verified: 0 });
});

test("a receipt that was found invalid is found so again", () => {
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

test("the keyring of today decides about the key, whatever is held", () => {
  const late = signedEvent(windowed, { event_type: "mirror_hint", created_at: "2026-07-10T12:00:00Z" });
  expect(judge(late, [late])).toEqual({ reason: "KEY_NOT_VALID", verified: 0 });
  const unknown = signedEvent(stranger, { event_type: "mirror_hint" });
  expect(judge(unknown, [unknown])).toEqual({ reason: "UNKNOWN_SIGNER", verified: 0 });
});

test("a signature is compared with that of its own event only", () => {
  const other = unsignedEvent(registry, { event_type: "mirror_hint" });
  const borrowed = { ...other, signature: signatureOf(registry, recordEvent.event_id) };
  expect(judge(borrowed, [recordEvent])).toEqual({ reason: "SIGNATURE_INVALID", verified: 1 });
});

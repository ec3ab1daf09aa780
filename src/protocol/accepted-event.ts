import { canonicalJson, canonicalString } from "./canonical-json.ts";
import type { FaultReason } from "./error-codes.ts";
import type { EventBody, Signer } from "./event-body.ts";
import { eventTypes } from "./event-types.ts";
import type { EventId } from "./identifiers.ts";
import { type Instant, parseInstant } from "./instant.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import type { Proof } from "./proof.ts";

/** An accepted event: valid as far as can be decided without the others, or at fault by itself. */
export type AcceptedEvent = EventBody & {
  readonly proof: Proof;
  readonly fault: FaultReason | null;
  /** The signature object of the accepted copy; null if it came without one. */
  readonly signature: JsonObject | null;
};

/** The input of a merge: of the payload usually only the text. */
export type MergeEvent = Omit<AcceptedEvent, "payload" | "signature" | "subject" | "text"> & {
  /** Parsed from its text if absent. */
  readonly payload?: JsonObject;
};

/** The same event without members that a merge does not need, to save memory. */
export function mergeEventOf({
  id,
  proof,
  fault,
  createdAt,
  instant,
  type,
  payloadText,
  prevEvent,
  signer,
  supersedes,
  target,
}: AcceptedEvent): MergeEvent {
  return { id, proof, fault, createdAt, instant, type, payloadText, prevEvent, signer, supersedes, target };
}

/**
 * Restores an event from the log: the value that `verifyEventCopy` returned, without verifying it again.
 * `body` is the canonical value of the nine keys, `text` its text.
 */
export function eventFromLog(
  text: string,
  body: JsonObject,
  { id, proof, fault, signature }: Pick<AcceptedEvent, "id" | "proof" | "fault" | "signature">,
): AcceptedEvent {
  const signer = body["signer"] as JsonObject & Signer;
  const type = body["event_type"] as string;
  const createdAt = body["created_at"] as string;
  const prevEvent = body["prev_event"] as EventId | null;
  const supersedes = body["supersedes"] as unknown as EventId[];
  // The payload's text is between members whose canonical texts are known.
  const head = `{"created_at":${canonicalString(createdAt)},"event_type":${canonicalString(type)},"payload":`;
  const tail =
    `,"prev_event":${canonicalJson(prevEvent)},"schema_version":"1.0","signer":${canonicalJson(signer)}` +
    `,"subject_pith_number":${canonicalJson(body["subject_pith_number"] as JsonValue)}` +
    `,"supersedes":${canonicalJson(body["supersedes"] as JsonValue)},"target":${canonicalJson(body["target"] as JsonValue)}}`;
  // Member by member: an object made by a spread is slow to create and to read.
  return {
    id,
    proof,
    fault,
    signature,
    text,
    createdAt,
    instant: parseInstant(createdAt) as Instant,
    type,
    payload: body["payload"] as JsonObject,
    payloadText: text.slice(head.length, text.length - tail.length),
    prevEvent,
    signer,
    subject: body["subject_pith_number"] as string,
    supersedes,
    target: body["target"] as string,
  };
}

/**
 * Reads events of the log for a merge, without parsing their payloads: much cheaper than `eventFromLog`. The events of
 * one reader share their common parts.
 */
export class LogReader {
  /** The text from `prev_event` on is the same in many events. */
  readonly #tails = new Map<string, EventTail>();
  readonly #signers = new Map<string, Signer>();
  readonly #types = new Map<string, string>(eventTypes.map((type) => [canonicalString(type), type]));

  /** `text` is the canonical text of the nine keys. */
  read(text: string, { id, proof, fault }: Pick<AcceptedEvent, "id" | "proof" | "fault">): MergeEvent {
    // In a string every quote follows a backslash, and no object after the payload has members of these names: so the
    // last match is the event's own member.
    const atTail = text.lastIndexOf(tailMember);
    const atPrevious = text.lastIndexOf(previousMember, atTail);
    const atType = text.indexOf(typeMember);
    const atPayload = text.indexOf(payloadMember, atType);
    const createdAt = text.slice(createdMember.length + 1, atType - 1);
    const previous = text.slice(atPrevious + previousMember.length, atTail);
    const type = text.slice(atType + typeMember.length, atPayload);
    const { signer, supersedes, target } = this.#tail(text.slice(atTail));
    return {
      id,
      proof,
      fault,
      createdAt,
      instant: parseInstant(createdAt) as Instant,
      type: this.#types.get(type) ?? (JSON.parse(type) as string),
      payloadText: text.slice(atPayload + payloadMember.length, atPrevious),
      prevEvent: previous === "null" ? null : (previous.slice(1, -1) as EventId),
      signer,
      supersedes,
      target,
    };
  }

  #tail(text: string): EventTail {
    let tail = this.#tails.get(text);
    if (tail === undefined) {
      // Only strings and a list of strings: JSON.parse loses nothing.
      tail = JSON.parse(`{${text.slice(1)}`) as EventTail;
      const signer = canonicalJson(tail.signer as Signer & JsonObject);
      this.#signers.set(signer, this.#signers.get(signer) ?? tail.signer);
      tail = { ...tail, signer: this.#signers.get(signer) as Signer };
      this.#tails.set(text, tail);
    }
    return tail;
  }
}

type EventTail = Pick<MergeEvent, "signer" | "supersedes" | "target">;

const createdMember = '{"created_at":';
const typeMember = ',"event_type":';
const payloadMember = ',"payload":';
const previousMember = ',"prev_event":';
const tailMember = ',"schema_version":"1.0","signer":';

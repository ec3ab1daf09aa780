import { canonicalJson, canonicalString } from "./canonical-json.ts";
import type { EventBody, Signer } from "./event-body.ts";
import { eventTypes } from "./event-types.ts";
import type { EventId } from "./identifiers.ts";
import { type Instant, parseInstant } from "./instant.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import type { Proof } from "./proof.ts";
import type { FaultReason } from "./reasons.ts";

/** An event let into the set: valid so far as it can be told without the others, or at fault by itself. */
export type AcceptedEvent = EventBody & {
  readonly proof: Proof;
  readonly fault: FaultReason | null;
  /** The signature object of the copy that was let in; null where it came without. */
  readonly signature: JsonObject | null;
};

/** What the merge reads of an event: of its payload no more than the text. */
export type MergeEvent = Omit<AcceptedEvent, "payload" | "signature" | "subject" | "text">;

/**
 * An event of the log: the same value that `judgeEvent` gave when it was let in, without judging it again.
 * `body` is the canonical value of the nine keys, `text` its text.
 */
export function eventFromLog(
  text: string,
  body: JsonObject,
  judged: Pick<AcceptedEvent, "id" | "proof" | "fault" | "signature">,
): AcceptedEvent {
  const signer = body["signer"] as JsonObject & Signer;
  const type = body["event_type"] as string;
  const createdAt = body["created_at"] as string;
  const prevEvent = body["prev_event"] as EventId | null;
  const supersedes = body["supersedes"] as unknown as EventId[];
  // The payload's text stands between members whose canonical texts are known.
  const head = `{"created_at":${canonicalString(createdAt)},"event_type":${canonicalString(type)},"payload":`;
  const tail =
    `,"prev_event":${canonicalJson(prevEvent)},"schema_version":"1.0","signer":${canonicalJson(signer)}` +
    `,"subject_pith_number":${canonicalJson(body["subject_pith_number"] as JsonValue)}` +
    `,"supersedes":${canonicalJson(body["supersedes"] as JsonValue)},"target":${canonicalJson(body["target"] as JsonValue)}}`;
  return {
    ...judged,
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
 * Reads events of the log for a merge, without reading their payloads: much less work than `eventFromLog`. Events of one
 * reader share the signers that they have in common.
 */
export class LogReader {
  readonly #signers = new Map<string, Signer>();
  readonly #types = new Map<string, string>(eventTypes.map((type) => [canonicalString(type), type]));

  /** `text` is the canonical text of the nine keys. */
  read(text: string, judged: Pick<AcceptedEvent, "id" | "proof" | "fault">): MergeEvent {
    // Within a string each quote stands behind a backslash, and behind the payload there is no other object with members
    // of these names: so what is found from the end is the event's own member.
    const atTarget = text.lastIndexOf(targetMember);
    const atSupersedes = text.lastIndexOf(supersedesMember, atTarget);
    const atSubject = text.lastIndexOf(subjectMember, atSupersedes);
    const atSigner = text.lastIndexOf(signerMember, atSubject);
    const atPrevious = text.lastIndexOf(previousMember, atSigner);
    const atType = text.indexOf(typeMember);
    const atPayload = text.indexOf(payloadMember, atType);
    const createdAt = text.slice(createdMember.length + 1, atType - 1);
    const previous = text.slice(atPrevious + previousMember.length, atSigner);
    const supersedes = text.slice(atSupersedes + supersedesMember.length, atTarget);
    return {
      ...judged,
      createdAt,
      instant: parseInstant(createdAt) as Instant,
      type: this.#type(text.slice(atType + typeMember.length, atPayload)),
      payloadText: text.slice(atPayload + payloadMember.length, atPrevious),
      prevEvent: previous === "null" ? null : (previous.slice(1, -1) as EventId),
      signer: this.#signer(text.slice(atSigner + signerMember.length, atSubject)),
      supersedes: supersedes === "[]" ? noEvents : (JSON.parse(supersedes) as EventId[]),
      target: JSON.parse(text.slice(atTarget + targetMember.length, -1)) as string,
    };
  }

  #type(text: string): string {
    return this.#types.get(text) ?? (JSON.parse(text) as string);
  }

  #signer(text: string): Signer {
    let signer = this.#signers.get(text);
    if (signer === undefined) {
      signer = JSON.parse(text) as Signer;
      this.#signers.set(text, signer);
    }
    return signer;
  }
}

const noEvents: readonly EventId[] = [];
const createdMember = '{"created_at":';
const typeMember = ',"event_type":';
const payloadMember = ',"payload":';
const previousMember = ',"prev_event":';
const signerMember = ',"schema_version":"1.0","signer":';
const subjectMember = ',"subject_pith_number":';
const supersedesMember = ',"supersedes":';
const targetMember = ',"target":';

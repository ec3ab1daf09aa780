import { canonicalJson, canonicalString } from "./canonical-json.ts";
import type { EventBody, Signer } from "./event-body.ts";
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

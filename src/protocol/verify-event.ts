import { type Judgement, judgeEvent } from "./event.ts";
import { isPithNumber, type PithNumber } from "./identifiers.ts";
import { isJsonObject, type JsonValue } from "./json.ts";
import { createKeyring, type Keyring, registryKey } from "./keyring.ts";
import { parseJson } from "./parse-json.ts";
import type { Proof } from "./proof.ts";

/**
 * Verifies a single event by PROTOCOL section 5: its id is the hash of its nine keys, a key of the keyring signed it
 * (or how else it is proved), and its content is valid. The paper is the one that the event names.
 *
 * `event`: its JSON text, its UTF-8 bytes, or a result of `parseJson`, such as an entry of `parseDocument(…).copies`. A
 * result of `JSON.parse` may have lost the text of its numbers, and then its hash. `keyring`: defaults to the
 * registry's own key.
 *
 * An accepted event has its `proof`, and as `fault` why its content is invalid, or null. Throws DocumentError if a text
 * is not JSON.
 */
export function verifyEvent(
  event: Uint8Array | JsonValue,
  keyring: Keyring = createKeyring([registryKey]),
  minimumProof: Proof = "hash",
): Judgement {
  const value = typeof event === "string" || event instanceof Uint8Array ? parseJson(event) : event;
  const subject = isJsonObject(value) ? value["subject_pith_number"] : undefined;
  // An event whose subject is no Pith number is about another paper than any: SUBJECT_MISMATCH.
  const pithNumber = isPithNumber(subject) ? subject : noPaper;
  return judgeEvent(value, { pithNumber, keyring, minimumProof });
}

const noPaper = `pith:0000:${"A".repeat(26)}` as PithNumber;

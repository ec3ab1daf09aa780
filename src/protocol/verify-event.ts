import { type Judgement, judgeEvent } from "./event.ts";
import { isPithNumber, type PithNumber } from "./identifiers.ts";
import { isJsonObject, type JsonValue } from "./json.ts";
import { createKeyring, type Keyring, registryKey } from "./keyring.ts";
import { parseJson } from "./parse-json.ts";
import type { Proof } from "./proof.ts";

/**
 * Verifies one event by itself, by PROTOCOL section 5: that its id is the hash of its nine keys, that a key of the
 * keyring has signed it (or how far else it is proved), and that its content fits. The paper is the one that it names.
 *
 * `event`: the JSON text of it, its UTF-8 bytes, or a value that `parseJson` gave, such as an entry of
 * `parseDocument(…).copies`. What `JSON.parse` gives may have lost the text of its numbers, and then its hash.
 * `keyring`: the registry's own key, unless told.
 *
 * An event that is let in has its `proof`, and as `fault` why its content is wrong, or null. Throws DocumentError where a
 * text is no JSON.
 */
export function verifyEvent(
  event: Uint8Array | JsonValue,
  keyring: Keyring = createKeyring([registryKey]),
  minimumProof: Proof = "hash",
): Judgement {
  const value = typeof event === "string" || event instanceof Uint8Array ? parseJson(event) : event;
  const subject = isJsonObject(value) ? value["subject_pith_number"] : undefined;
  // An event about nothing that can be a paper's number is about another paper than any: SUBJECT_MISMATCH.
  const pithNumber = isPithNumber(subject) ? subject : noPaper;
  return judgeEvent(value, { pithNumber, keyring, minimumProof });
}

const noPaper = `pith:0000:${"A".repeat(26)}` as PithNumber;

import type { DocumentErrorCode, RefusalReason } from "../../../../src/protocol/index.ts";

/** Why something was refused at the door, in plain words: what is wrong with a document, then with an event. */
const words: Readonly<Record<DocumentErrorCode | RefusalReason | "NOT_STORABLE", string>> = {
  MALFORMED_JSON: "It is no JSON.",
  INVALID_UNICODE: "Its text is no valid Unicode.",
  INVALID_NUMBER: "It has a number that cannot be held exactly.",
  TOO_DEEP: "It is nested too deeply.",
  TOO_LARGE: "It is larger than this mirror takes.",
  UNSUPPORTED_DOCUMENT: "It is of a kind or version that is not known.",
  MALFORMED_DOCUMENT: "Something is missing in it, or has another form than it must have.",
  PITH_NUMBER_INVALID: "What it is about is no Pith number.",
  RECORD_HASH_MISMATCH: "Its record is missing, or does not fit its hash or its Pith number.",
  STATE_HASH_MISMATCH: "Its state does not have the hash that it gives for it.",
  NOT_STORABLE: "The database could not hold it.",
  MALFORMED_EVENT: "An event has not the form of one.",
  EVENT_ID_MISMATCH: "An event's id is not the hash of what it says: it was changed.",
  SUBJECT_MISMATCH: "An event is about another paper than its document.",
  UNKNOWN_SIGNER: "It names a key that this mirror does not know.",
  SIGNER_MISMATCH: "It names another signer than the one that its key belongs to.",
  KEY_NOT_VALID: "It was signed with a key that was not valid then.",
  SIGNATURE_INVALID: "Its signature does not fit what it says.",
  UNSIGNED: "It is not proved as far as this mirror asks for.",
};

/** Null for a code that this page does not know. */
export function refusalWords(code: string): string | null {
  return Object.hasOwn(words, code) ? words[code as keyof typeof words] : null;
}

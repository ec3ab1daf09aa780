import type { DocumentErrorCode, RefusalReason } from "../../../../src/protocol/index.ts";

/** Reasons for rejection in plain words: of documents, then of events. */
const words: Readonly<Record<DocumentErrorCode | RefusalReason | "NOT_STORABLE", string>> = {
  MALFORMED_JSON: "Not JSON.",
  INVALID_UNICODE: "Not valid Unicode.",
  INVALID_NUMBER: "Contains a number that cannot be stored exactly.",
  TOO_DEEP: "Nested too deeply.",
  TOO_LARGE: "Larger than this mirror accepts.",
  UNSUPPORTED_DOCUMENT: "Unknown kind or version of document.",
  MALFORMED_DOCUMENT: "A part is missing or malformed.",
  PITH_NUMBER_INVALID: "Its subject is not a Pith number.",
  RECORD_HASH_MISMATCH: "Its record is missing, or does not match its hash or Pith number.",
  STATE_HASH_MISMATCH: "Its state does not match its hash.",
  NOT_STORABLE: "The database could not store it.",
  MALFORMED_EVENT: "An event is malformed.",
  EVENT_ID_MISMATCH: "An event's content does not match its id: it was altered.",
  SUBJECT_MISMATCH: "An event is about another paper than its document.",
  UNKNOWN_SIGNER: "Signed with a key that is not in this mirror's keyring.",
  SIGNER_MISMATCH: "The signer does not match the key.",
  KEY_NOT_VALID: "Signed with a key that was not valid at the time.",
  SIGNATURE_INVALID: "The signature is invalid.",
  UNSIGNED: "Not signed, and this mirror requires a signature or receipt.",
};

/** Null for a code that this page does not know. */
export function refusalWords(code: string): string | null {
  return Object.hasOwn(words, code) ? words[code as keyof typeof words] : null;
}

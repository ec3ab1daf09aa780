import type { RefusedEvent } from "../../../verify/verify-bundle.ts";

/** Why a copy of an event is not taken for its signer's word. PROTOCOL section 5, rules 1–6. */
export const refusalWords: Readonly<Record<RefusedEvent["reason"], string>> = {
  MALFORMED_EVENT: "it has not the form of an event.",
  EVENT_ID_MISMATCH: "its content has another hash than its id. Somebody altered it.",
  SUBJECT_MISMATCH: "it is about another paper.",
  UNKNOWN_SIGNER: "its key is not known here.",
  SIGNER_MISMATCH: "it names another signer than its key's.",
  KEY_NOT_VALID: "it was made at a time when its key did not count.",
  SIGNATURE_INVALID: "its signature does not verify.",
  UNSIGNED: "it is proved less than was asked for.",
};

import type { RefusedEvent } from "../../../verify/verify-bundle.ts";

/** Why a copy of an event is rejected. PROTOCOL section 5, rules 1–6. */
export const refusalWords: Readonly<Record<RefusedEvent["reason"], string>> = {
  MALFORMED_EVENT: "it is not a well-formed event.",
  EVENT_ID_MISMATCH: "its content does not match its id. It was altered.",
  SUBJECT_MISMATCH: "it is about another paper.",
  UNKNOWN_SIGNER: "its key is unknown.",
  SIGNER_MISMATCH: "its signer does not match its key.",
  KEY_NOT_VALID: "its key was not valid at that time.",
  SIGNATURE_INVALID: "its signature is invalid.",
  UNSIGNED: "it is not signed.",
};

/** Why an entire document is rejected: PROTOCOL section 4, and `TOO_LARGE` by configuration. */
export const documentErrorCodes = [
  "MALFORMED_JSON",
  "INVALID_UNICODE",
  "INVALID_NUMBER",
  "TOO_DEEP",
  "TOO_LARGE",
  "UNSUPPORTED_DOCUMENT",
  "MALFORMED_DOCUMENT",
  "PITH_NUMBER_INVALID",
  "RECORD_HASH_MISMATCH",
  "STATE_HASH_MISMATCH",
] as const;

export type DocumentErrorCode = (typeof documentErrorCodes)[number];

/** The only error thrown by reading, judging and merging, for any input. */
export class DocumentError extends Error {
  override readonly name = "DocumentError";
  readonly code: DocumentErrorCode;

  constructor(code: DocumentErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Why a copy of an event is not accepted. PROTOCOL section 5, rules 1–6, in the order of the checks. */
export const rejectionReasons = [
  "MALFORMED_EVENT",
  "EVENT_ID_MISMATCH",
  "SUBJECT_MISMATCH",
  "UNKNOWN_SIGNER",
  "SIGNER_MISMATCH",
  "KEY_NOT_VALID",
  "SIGNATURE_INVALID",
  "UNSIGNED",
] as const;

export type RejectionReason = (typeof rejectionReasons)[number];

/** Why an authentic event is stored but never applied, whatever else is in the set. Rules 7 and 8. */
export const faultReasons = [
  "UNKNOWN_EVENT_TYPE",
  "EVENT_TYPE_NOT_ALLOWED",
  "MALFORMED_PAYLOAD",
  "RECORD_HASH_MISMATCH",
  "RECEIPT_INVALID",
  "SNAPSHOT_HASH_MISMATCH",
] as const;

export type FaultReason = (typeof faultReasons)[number];

/** Why a link makes an authentic event invalid in this set: further events may change that. Rule 9. */
export const linkReasons = [
  "PREV_EVENT_UNRESOLVED",
  "SUPERSEDES_UNRESOLVED",
  "SUPERSEDES_FORBIDDEN",
  "CREATED_BEFORE_LINK",
] as const;

export type LinkReason = (typeof linkReasons)[number];

/** Why an event in the set is counted and listed, but not valid. */
export type InvalidReason = FaultReason | LinkReason;

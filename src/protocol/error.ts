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

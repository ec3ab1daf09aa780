/**
 * Why a whole document is refused, and nothing of it kept. PROTOCOL section 4, and `TOO_LARGE` by
 * configuration.
 */
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

/** The only error that reading, judging and merging throw, whatever the input. */
export class DocumentError extends Error {
  override readonly name = "DocumentError";
  readonly code: DocumentErrorCode;

  constructor(code: DocumentErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Errors of the embedded server, for callers to switch on. */
export type EmbeddedServerErrorCode =
  | "unsupported-platform" // no binaries exist for this system
  | "binaries-missing" // they exist, but were not installed, or do not run here
  | "directory-unusable" // the data directory cannot be entered or written
  | "other-owner" // the data belongs to another user
  | "other-version" // the data was made by another major version of PostgreSQL
  | "initialisation-failed"
  | "start-failed"
  | "start-timeout";

/** The only error class of the embedded server. Its message says what to do. */
export class EmbeddedServerError extends Error {
  readonly code: EmbeddedServerErrorCode;

  constructor(code: EmbeddedServerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "EmbeddedServerError";
    this.code = code;
  }
}

/** The `code` of a system or PostgreSQL error (`ENOENT`, `57P03`), if the thrown value has one. */
export function errorCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === "string" ? code : undefined;
}

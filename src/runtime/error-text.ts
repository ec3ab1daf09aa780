/**
 * An error's message for people: one line or more, never empty, without a stack. Node.js and libraries leave the reason
 * out of some messages. It is found in the cause of fetch's "fetch failed", in the errors of an AggregateError (a host
 * with several addresses), in the cause of a failed Drizzle query (whose own message contains the statement's values),
 * or in the code of an error without a message. System errors of files are shortened to the reason, as in "no such file
 * or directory": the caller names the file.
 */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, cause, code } = error as NodeJS.ErrnoException;
  const isQuery = "params" in error && "query" in error;
  if ((message === "fetch failed" || isQuery) && cause instanceof Error) return errorText(cause);
  if (error instanceof AggregateError && error.errors.length > 0) {
    return [...new Set((error.errors as unknown[]).map(errorText))].join("; ");
  }
  const [, reason] = /^E[A-Z0-9]+: ([^,]+), \w+/.exec(message) ?? [];
  return reason || message || code || error.name;
}

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

// Control characters except the tab, line separators, and characters that change the direction of text.
const unprintable = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * Escapes a line for a terminal or a log. Foreign text (a file name, a header of another mirror) cannot move the
 * cursor, erase, start another line or change the order of display: such characters are written as `\u{9b}`.
 */
export function printable(line: string): string {
  return line.replace(unprintable, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`);
}

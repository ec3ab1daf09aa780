import { CommanderError } from "commander";
import { errorText, printable } from "../runtime/index.ts";
import { describeDatabaseError, findServerFault, isConstraintViolation } from "../store/index.ts";
import { type ErrorDetails, exitStatus } from "./command-error.ts";
import { shownText } from "./output/shown-text.ts";
import { isClosedOutput } from "./output/terminal.ts";

/** The exit status and the message of a command that failed; no lines if everything was printed already. */
type ToldError = { readonly status: number; readonly lines: readonly string[] };

/**
 * Errors whose message is all that a person needs, with their exit status; any other is shown with its stack. They are
 * matched by name: importing their classes would load all of the software into every command.
 */
const expected: Readonly<Record<string, number>> = {
  ConfigError: exitStatus.misused,
  SourceError: exitStatus.misused,
  EmbeddedServerError: exitStatus.impossible,
  ExportError: exitStatus.foundWrong,
  OldServerError: exitStatus.impossible,
  SchemaError: exitStatus.impossible,
  ApiError: exitStatus.misused,
};

/** The exit status of an error, and its lines for a terminal. */
export function toldError(error: unknown): ToldError {
  // Commander has printed its message; help and version are no errors.
  if (error instanceof CommanderError)
    return { status: error.exitCode === 0 ? exitStatus.done : exitStatus.misused, lines: [] };
  if (isClosedOutput(error)) return { status: exitStatus.done, lines: [] };
  if (!(error instanceof Error)) return { status: exitStatus.impossible, lines: linesOf(errorText(error)) };
  const { status, details } = error as { readonly status?: unknown; readonly details?: ErrorDetails };
  if (error.name === "CommandError" && typeof status === "number") {
    return { status, lines: commandErrorLines(error.message, details ?? {}) };
  }
  const known = expected[error.name];
  if (known !== undefined) return { status: known, lines: linesOf(error.message) };
  const text = databaseTrouble(error) ?? error.stack ?? error.message;
  return { status: exitStatus.impossible, lines: linesOf(text) };
}

function commandErrorLines(message: string, { code, next }: ErrorDetails): string[] {
  // An error with a code comes from the schema, of this process or of another server.
  const lines = code === undefined ? linesOf(message) : [`${shownText(message)} (${shownText(code)})`];
  return next === undefined ? lines : [...lines, `Next: ${shownText(next)}`];
}

function linesOf(text: string): string[] {
  return text.split("\n").map(printable);
}

function databaseTrouble(error: Error): string | undefined {
  const fault = findServerFault(error);
  const { code = "" } = (fault ?? error) as NodeJS.ErrnoException;
  const message = errorText(fault ?? error);
  if (refusalCode.test(code) || (fault !== null && unreachableCode.test(code))) {
    return `the database cannot be reached: ${message}. Check DATABASE_URL.`;
  }
  if (fault !== null) return `the connection to the database was lost: ${message}. ${again}`;
  if (mayNotCode.test(code)) return `the database does not let this user do that: ${message}.`;
  if (code === "53100") return `the database has no room on its disk: ${message}. ${again}`;
  if (isConstraintViolation(error)) {
    const { cause } = error;
    const refused = describeDatabaseError(cause instanceof Error ? cause : error);
    return `the database refused a row: ${refused}. ${stale}`;
  }
  return undefined;
}

const stale =
  "No document is at fault, and nothing of its batch was stored: a row is in the way that should not be there. " +
  "`pith-graph check` shows it, `pith-graph rebuild` mends it; then give the command again.";

const again = "What was committed is stored; the command may be given again.";

/** SQLSTATEs: wrong password, no such database. */
const refusalCode = /^(?:28P01|3D000)$/;
/** SQLSTATEs: insufficient privilege, read-only transaction. */
const mayNotCode = /^(?:42501|25006)$/;
/** Nothing listens there, or the host is unknown. */
const unreachableCode = /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENOENT|EACCES)$/;

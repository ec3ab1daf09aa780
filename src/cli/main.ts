import { CommanderError } from "commander";
import { errorText, printable } from "../runtime/index.ts";
import { describeDatabaseError, findServerFault, isConstraintViolation } from "../store/index.ts";
import { type ErrorDetails, exitStatus } from "./command-error.ts";
import { sanitize } from "./output/sanitize.ts";
import { coloursFor, isClosedOutput, watchOutput } from "./output/terminal.ts";
import { createProgram } from "./program.ts";

/** Runs the command line. The exit status is left in `process.exitCode`. */
export async function main(argv: readonly string[] = process.argv): Promise<void> {
  watchOutput();
  try {
    const program = await createProgram(argv[2]);
    await program.parseAsync([...argv]);
  } catch (error) {
    const { status, lines } = formatError(error);
    // An interrupted command has reported it already.
    process.exitCode ??= status;
    if (lines.length > 0)
      process.stderr.write(`${coloursFor(process.stderr).bad("error:")} ${lines.join("\n")}\n`);
  }
}

/** The exit status and the message of a command that failed; no lines if everything has been printed. */
type FormattedError = { readonly status: number; readonly lines: readonly string[] };

/**
 * Errors whose message is all that a person needs, with their exit status; any other is shown with its stack. They are
 * matched by name: importing their classes would load all of the software into every command.
 */
const expected: Readonly<Record<string, number>> = {
  ConfigError: exitStatus.usage,
  SourceError: exitStatus.usage,
  EmbeddedServerError: exitStatus.unavailable,
  ExportError: exitStatus.failed,
  RoleInUseError: exitStatus.failed,
  CitusMissingError: exitStatus.unavailable,
  MirrorError: exitStatus.unavailable,
  FetchError: exitStatus.unavailable,
  OldServerError: exitStatus.unavailable,
  SchemaError: exitStatus.unavailable,
  ApiError: exitStatus.usage,
};

/** The exit status of an error, and its lines for a terminal. */
function formatError(error: unknown): FormattedError {
  // Commander has printed its message; help and version are no errors.
  if (error instanceof CommanderError)
    return { status: error.exitCode === 0 ? exitStatus.done : exitStatus.usage, lines: [] };
  if (isClosedOutput(error)) return { status: exitStatus.done, lines: [] };
  if (!(error instanceof Error)) return { status: exitStatus.unavailable, lines: linesOf(errorText(error)) };
  const { status, details } = error as { readonly status?: unknown; readonly details?: ErrorDetails };
  if (error.name === "CommandError" && typeof status === "number") {
    return { status, lines: commandErrorLines(error.message, details ?? {}) };
  }
  const known = expected[error.name];
  if (known !== undefined) return { status: known, lines: linesOf(error.message) };
  const text = describeDatabaseFailure(error) ?? error.stack ?? error.message;
  return { status: exitStatus.unavailable, lines: linesOf(text) };
}

function commandErrorLines(message: string, { code, next }: ErrorDetails): string[] {
  // An error with a code comes from the schema, of this process or of another server.
  const lines = code === undefined ? linesOf(message) : [`${sanitize(message)} (${sanitize(code)})`];
  return next === undefined ? lines : [...lines, `Next: ${sanitize(next)}`];
}

function linesOf(text: string): string[] {
  return text.split("\n").map(printable);
}

function describeDatabaseFailure(error: Error): string | undefined {
  const fault = findServerFault(error);
  const { code = "" } = (fault ?? error) as NodeJS.ErrnoException;
  const message = errorText(fault ?? error);
  if (refusalCode.test(code) || (fault !== null && unreachableCode.test(code))) {
    return `Can't connect to the database: ${message}. Check DATABASE_URL.`;
  }
  if (fault !== null) return `Lost the connection to the database: ${message}. ${retryAdvice}`;
  if (privilegeCode.test(code)) return `The database user lacks a privilege: ${message}.`;
  if (code === "53100") return `The database's disk is full: ${message}. ${retryAdvice}`;
  if (isConstraintViolation(error)) {
    const { cause } = error;
    const reason = describeDatabaseError(cause instanceof Error ? cause : error);
    return `The database rejected a row: ${reason}. ${conflictAdvice}`;
  }
  return undefined;
}

const conflictAdvice =
  "No document is at fault, and nothing of this batch was stored: another row in the database conflicts with it. " +
  "Run `pith-graph check` to see that row and `pith-graph rebuild` to repair it, then run this command again.";

const retryAdvice = "Everything committed before is kept; run the command again to continue.";

/** SQLSTATEs: wrong password, no such database. */
const refusalCode = /^(?:28P01|3D000)$/;
/** SQLSTATEs: insufficient privilege, read-only transaction. */
const privilegeCode = /^(?:42501|25006)$/;
/** Nothing listens there, or the host is unknown. */
const unreachableCode = /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENOENT|EACCES)$/;

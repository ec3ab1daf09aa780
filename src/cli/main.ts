import { CommanderError } from "commander";
import { exitStatus } from "./exit-status.ts";
import { coloursFor } from "./output/colours.ts";
import { createProgram } from "./program.ts";

/** Runs the command line. The exit status is left in `process.exitCode`. */
export async function main(argv: readonly string[] = process.argv): Promise<void> {
  // Whoever reads our output may stop before its end: `pith-graph export … | head`.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(exitStatus.done);
  });
  try {
    const program = await createProgram(argv[2]);
    await program.parseAsync([...argv]);
  } catch (error) {
    const { status, message } = described(error);
    // One that was interrupted has said so already.
    process.exitCode ??= status;
    if (message !== "") process.stderr.write(`${coloursFor(process.stderr).bad("pith-graph:")} ${message}\n`);
  }
}

/**
 * Errors whose message says all that a person needs, and what they mean; any other is shown with its stack. Known by their
 * names: their classes would bring the whole of the software into every command.
 */
const expected: Readonly<Record<string, number>> = {
  ConfigError: exitStatus.misused,
  SourceError: exitStatus.misused,
  EmbeddedServerError: exitStatus.impossible,
  ExportError: exitStatus.foundWrong,
  NewerSchemaError: exitStatus.impossible,
  ApiError: exitStatus.misused,
};

function described(error: unknown): { readonly status: number; readonly message: string } {
  if (error instanceof CommanderError) {
    // Its words are printed; help and version are no errors.
    return { status: error.exitCode === 0 ? exitStatus.done : exitStatus.misused, message: "" };
  }
  if (!(error instanceof Error)) return { status: exitStatus.impossible, message: String(error) };
  const own = (error as { readonly status?: unknown }).status;
  if (error.name === "CommandError" && typeof own === "number")
    return { status: own, message: error.message };
  const status = expected[error.name];
  if (status !== undefined) return { status, message: error.message };
  return { status: exitStatus.impossible, message: databaseTrouble(error) ?? error.stack ?? error.message };
}

function databaseTrouble(error: Error): string | undefined {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ECONNREFUSED" || code === "ENOTFOUND" || code === "28P01" || code === "3D000") {
    return `the database cannot be reached: ${error.message || code}. Check DATABASE_URL.`;
  }
  if (lostCode.test(code ?? "") || lostMessage.test(error.message)) {
    return `the connection to the database was lost: ${error.message}. ${again}`;
  }
  if (code === "53100") return `the database has no room on its disk: ${error.message}. ${again}`;
  return undefined;
}

const again = "What was committed is stored; the command may be given again.";

/** SQLSTATEs of a server that goes or of a session that it ends, and what the system says of a socket. */
const lostCode = /^(?:08...|57P0[1-5]|ECONNRESET|EPIPE)$/;
/** What node-postgres says without a code. */
const lostMessage = /^Connection terminated|not queryable/;

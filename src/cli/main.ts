import { CommanderError } from "commander";
import { serverFaultOf } from "../store/server-fault.ts";
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
  const fault = serverFaultOf(error);
  const { code = "", message } = (fault ?? error) as NodeJS.ErrnoException;
  if (refusalCode.test(code) || (fault !== null && unreachableCode.test(code))) {
    return `the database cannot be reached: ${message || code}. Check DATABASE_URL.`;
  }
  if (fault !== null) return `the connection to the database was lost: ${message}. ${again}`;
  if (code === "53100") return `the database has no room on its disk: ${message}. ${again}`;
  return undefined;
}

const again = "What was committed is stored; the command may be given again.";

/** SQLSTATEs: the password is not right, there is no such database. */
const refusalCode = /^(?:28P01|3D000)$/;
/** Nobody listens there, or no such host is known. */
const unreachableCode = /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENOENT|EACCES)$/;

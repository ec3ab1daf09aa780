import { ConfigError } from "../config/index.ts";
import { ExportError } from "../export/index.ts";
import { SourceError } from "../ingest/index.ts";
import { EmbeddedServerError } from "../store/embedded/index.ts";
import { NewerSchemaError } from "../store/index.ts";
import { CommandError } from "./command-error.ts";
import { say } from "./context.ts";
import { createProgram } from "./program.ts";

/** Errors whose message says all that a person needs; any other is shown with its stack. */
const expected = [CommandError, ConfigError, EmbeddedServerError, ExportError, NewerSchemaError, SourceError];

/** Runs the command line. The exit status is left in `process.exitCode`. */
export async function main(argv: readonly string[] = process.argv): Promise<void> {
  // Whoever reads our output may stop before its end: `pith-graph export … | head`.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(0);
  });
  try {
    await createProgram().parseAsync([...argv]);
  } catch (error) {
    process.exitCode ??= 1;
    say(`pith-graph: ${messageOf(error)}`);
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (expected.some((type) => error instanceof type) || error.name === "ApiError") return error.message;
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ECONNREFUSED" || code === "ENOTFOUND" || code === "28P01" || code === "3D000") {
    return `the database cannot be reached: ${error.message || code}. Check DATABASE_URL.`;
  }
  if (lostCode.test(code ?? "") || lostMessage.test(error.message)) {
    return `the connection to the database was lost: ${error.message}. ${again}`;
  }
  if (code === "53100") return `the database has no room on its disk: ${error.message}. ${again}`;
  return error.stack ?? error.message;
}

const again = "What was committed is stored; the command may be given again.";

/** SQLSTATEs of a server that goes or of a session that it ends, and what the system says of a socket. */
const lostCode = /^(?:08...|57P0[1-5]|ECONNRESET|EPIPE)$/;
/** What node-postgres says without a code. */
const lostMessage = /^Connection terminated|not queryable/;

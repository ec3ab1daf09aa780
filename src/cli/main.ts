import { formatError } from "./format-error.ts";
import { coloursFor, watchOutput } from "./output/terminal.ts";
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

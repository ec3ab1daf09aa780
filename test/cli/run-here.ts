import { vi } from "vitest";
import { formatError } from "../../src/cli/format-error.ts";
import { createProgram } from "../../src/cli/program.ts";
import type { CliResult } from "./run-cli.ts";

/** Runs a command in this process, which is faster for many short ones. */
export async function runHere(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CliResult> {
  const printed = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((text) => {
      printed[name] += String(text);
      return true;
    }),
  );
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const exitCode = process.exitCode;
  process.exitCode = undefined;
  try {
    const program = await createProgram(args[0]);
    await program.parseAsync(["node", "pith-graph", ...args]);
    return { status: Number(process.exitCode ?? 0), ...printed };
  } catch (error) {
    const { status, lines } = formatError(error);
    return {
      status: Number(process.exitCode ?? status),
      ...printed,
      stderr: printed.stderr + lines.join("\n"),
    };
  } finally {
    process.exitCode = exitCode;
    vi.unstubAllEnvs();
    for (const spy of spies) spy.mockRestore();
  }
}

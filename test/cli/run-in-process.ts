import { Writable } from "node:stream";
import { vi } from "vitest";
import { formatError } from "../../src/cli/format-error.ts";
import { createProgram } from "../../src/cli/program.ts";
import type { CliResult } from "./run-cli.ts";

/** Runs a command in this process, which is faster for many short ones. */
export async function runInProcess(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CliResult> {
  const printed: Record<"stdout" | "stderr", Uint8Array[]> = { stdout: [], stderr: [] };
  const spies = (["stdout", "stderr"] as const).map((name) => {
    const write = (bytes: Buffer, _encoding: string, done: () => void) => {
      printed[name].push(bytes);
      done();
    };
    return vi
      .spyOn(process, name, "get")
      .mockReturnValue(new Writable({ write }) as NodeJS.WriteStream & { fd: 1 & 2 });
  });
  const textOf = (name: "stdout" | "stderr") => Buffer.concat(printed[name]).toString();
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const exitCode = process.exitCode;
  process.exitCode = undefined;
  try {
    const program = await createProgram(args[0]);
    await program.parseAsync(["node", "pith-graph", ...args]);
    return { status: Number(process.exitCode ?? 0), stdout: textOf("stdout"), stderr: textOf("stderr") };
  } catch (error) {
    const { status, lines } = formatError(error);
    return {
      status: Number(process.exitCode ?? status),
      stdout: textOf("stdout"),
      stderr: textOf("stderr") + lines.join("\n"),
    };
  } finally {
    process.exitCode = exitCode;
    vi.unstubAllEnvs();
    for (const spy of spies) spy.mockRestore();
  }
}

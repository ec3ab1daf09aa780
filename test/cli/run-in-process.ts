import { Writable } from "node:stream";
import { vi } from "vitest";
import { main } from "../../src/cli/main.ts";
import type { CliResult } from "./run-cli.ts";

/** Runs a command in this process, which costs far less than a process for each of many short ones. */
export async function runInProcess(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CliResult> {
  const printed = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((name) => {
    const bytes: Uint8Array[] = [];
    const stream = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        bytes.push(chunk);
        printed[name] = Buffer.concat(bytes).toString();
        done();
      },
    });
    return vi.spyOn(process, name, "get").mockReturnValue(stream as NodeJS.WriteStream & { fd: 1 & 2 });
  });
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const exitCode = process.exitCode;
  process.exitCode = undefined;
  try {
    await main(["node", "pith-graph", ...args]);
    return { status: Number(process.exitCode ?? 0), ...printed };
  } finally {
    process.exitCode = exitCode;
    vi.unstubAllEnvs();
    for (const spy of spies) spy.mockRestore();
  }
}

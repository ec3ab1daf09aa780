import { execFile, spawnSync } from "node:child_process";

/** Runs an example from the checkout's root. */
export function runProgram(
  program: string,
  args: readonly string[],
): Promise<{ status: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(program, args, (error, stdout, stderr) => {
      const status = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ status, stdout, stderr });
    });
  });
}

/** The reason why an example cannot be run here, for its test's title; empty if it can. */
export function missing(program: string, args: readonly string[], name: string): string {
  return spawnSync(program, args).status === 0 ? "" : ` (skipped: ${name} not found)`;
}

import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));
export const toolsFolder = fileURLToPath(new URL(".", import.meta.url));

/** Installs the packages of package.json beside this file, from its lockfile. */
export async function installTools(): Promise<void> {
  await run("npm", ["ci", "--silent"], toolsFolder);
}

export function toolPath(name: string): string {
  return join(toolsFolder, "node_modules", ".bin", name);
}

/** Runs a program with its output shown. Rejects if it fails. */
export function run(program: string, args: readonly string[], cwd = root): Promise<void> {
  console.log(`$ ${program} ${args.join(" ")}`);
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, stdio: "inherit" });
    child.on("error", reject);
    child.on("close", (status) =>
      status === 0 ? resolve() : reject(new Error(`${program} ended with status ${status}.`)),
    );
  });
}

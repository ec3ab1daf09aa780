// Runs the tests on Node.js versions newer than the current one. Their binaries are installed from npm into a folder
// that is removed afterwards; the project does not depend on them.
//
//   tsx scripts/test-on-newer-node.ts            all tests, on each version
//   tsx scripts/test-on-newer-node.ts --newest   the newest version: the vectors, and the tests that depend most on its OpenSSL,
//                                                V8 and streams: those of protocol, store and ingest
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Exact versions, so that a run can be repeated; the newest is last. */
const versions = ["22.23.5", "24.22.3", "26.12.1"] as const;
const newestVersion = versions.at(-1) as string;

const root = fileURLToPath(new URL("..", import.meta.url));
const vitest = ["node_modules/vitest/vitest.mjs", "run"];

async function run(command: string, args: readonly string[], cwd: string, path: string): Promise<void> {
  const child = spawn(command, args, {
    cwd,
    stdio: "inherit",
    env: { PITH_WORLDS: "3", ...process.env, PATH: path },
  });
  const [status, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
  if (status !== 0)
    throw new Error(`${command} ${args.join(" ")} ended with ${signal ?? `status ${status}`}.`);
}

/** Installs a Node.js into a folder, and returns the folder of its binary. */
async function install(version: string, folder: string): Promise<string> {
  const name = `node-${process.platform}-${process.arch}`;
  const quiet = ["--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel", "error"];
  const npm = ["install", "--prefix", folder, ...quiet, `${name}@${version}`];
  await run("npm", npm, folder, process.env["PATH"] ?? "");
  return join(folder, "node_modules", name, "bin");
}

async function testOn(version: string, commands: readonly (readonly string[])[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "pith-graph-node-"));
  try {
    const bin = await install(version, folder);
    // Processes that tests start by name use the same version.
    const path = `${bin}${delimiter}${process.env["PATH"] ?? ""}`;
    console.log(`Node.js ${version}`);
    for (const args of commands) await run(join(bin, "node"), args, root, path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const isNewestOnly = process.argv.includes("--newest");
try {
  if (isNewestOnly) {
    await testOn(newestVersion, [
      ["bin/pith-graph.js", "conformance", "test/vectors"],
      // Migrations and copies of PostgreSQL's files do not depend on it.
      [
        ...vitest,
        "test/protocol",
        "test/store",
        "test/ingest",
        "--exclude=test/store/upgrade.test.ts",
        "--exclude=test/store/embedded-parts.test.ts",
      ],
    ]);
  } else {
    for (const version of versions) await testOn(version, [vitest]);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

// Compiles src/ into dist/, and web/ into dist/explorer/. Run by itself (`npm run build`) it also writes the library's
// declarations; the launcher calls buildIfNeeded(), which needs only the code. Types are checked by `npm run typecheck`.
import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const output = join(root, "dist");
const compiler = join(root, "node_modules", "typescript-native", "bin", "tsc");
const rolldown = join(root, "node_modules", "rolldown", "bin", "cli.mjs");
const vite = join(root, "node_modules", "vite", "bin", "vite.js");

/** The server's code. */
const code = {
  name: "The sources",
  sources: ["src", "rolldown.config.js"],
  tool: rolldown,
  // Written last: as old as the sources that dist/ was compiled from.
  stamp: ".built",
  parts: (folder) => readdirSync(folder).filter((entry) => entry !== "explorer"),
  build: buildCode,
};

/** What browsers run; the verification in it is the server's own. */
const explorer = {
  name: "The explorer",
  sources: ["web", "src/protocol", "sample/keyring.json"],
  tool: vite,
  stamp: join("explorer", ".built"),
  parts: (folder) => readdirSync(folder).filter((entry) => entry === "explorer"),
  build: buildExplorer,
};

/** The latest change of a file, or of all below a folder, in milliseconds. */
function latestChange(path) {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((entry) => latestChange(join(path, entry))));
}

function isUpToDate({ sources, stamp }) {
  const path = join(output, stamp);
  if (!existsSync(path)) return false;
  const { mtimeMs } = statSync(path);
  return sources.every((source) => mtimeMs >= latestChange(join(root, source)));
}

/** Whether it can be built here: an installed package has no sources, and brings its dist/ along. */
function isBuilt({ sources, tool }) {
  return existsSync(tool) && sources.every((source) => existsSync(join(root, source)));
}

/** Builds what is older than its sources. */
export async function buildIfNeeded() {
  const stale = [code, explorer].filter((target) => isBuilt(target) && !isUpToDate(target));
  if (stale.length === 0) return;
  console.error("Compiling …");
  await build(stale, { ifStale: true });
}

function run(tool, args, { stdout = 2 } = {}) {
  return new Promise((resolve) => {
    // Whoever starts this (a test, somebody's shell) may be in another: what is built is what is served.
    const env = { ...process.env, NODE_ENV: "production" };
    const options = { cwd: root, env, stdio: ["ignore", stdout, 2] };
    spawn(process.execPath, [tool, ...args], options).once("close", (status) => resolve(status === 0));
  });
}

function buildCode(aside) {
  // Its standard output is a list of the files.
  const args = ["--config", join(root, "rolldown.config.js"), "--dir", aside];
  return run(rolldown, args, { stdout: "ignore" });
}

/** The types of `pith-graph/protocol`. */
function writeDeclarations(aside) {
  return run(compiler, ["-p", join(root, "tsconfig.library.json"), "--outDir", aside]);
}

function buildExplorer(aside) {
  const config = join(root, "web", "vite.config.ts");
  const flags = ["--logLevel", "warn", "--emptyOutDir", "--outDir", join(aside, "explorer")];
  return run(vite, ["build", join(root, "web"), "--config", config, ...flags]);
}

/** Builds aside, and puts it into its place in one step: another command may be starting at this moment. */
async function build(targets, { ifStale }) {
  const aside = join(root, `.dist-${process.pid}`);
  mkdirSync(aside, { recursive: true });
  const done = await Promise.all(targets.map((target) => target.build(aside)));
  if (!ifStale && done.every(Boolean)) done[0] = await writeDeclarations(aside);
  const failed = targets.find((_target, index) => !done[index]);
  if (failed !== undefined) {
    rmSync(aside, { recursive: true, force: true });
    console.error(`pith-graph: ${failed.name.toLowerCase()} cannot be built.`);
    process.exit(1);
  }
  // Several commands may have built the same sources at once: the first to be ready has put them in place.
  if (ifStale && targets.every(isUpToDate)) return rmSync(aside, { recursive: true, force: true });
  for (const target of targets) writeFileSync(join(aside, target.stamp), "");
  for (const target of [code, explorer].filter((other) => !targets.includes(other))) {
    if (!existsSync(output)) continue;
    for (const part of target.parts(output)) {
      cpSync(join(output, part), join(aside, part), { recursive: true, preserveTimestamps: true });
    }
  }
  const old = `${aside}-old`;
  try {
    if (existsSync(output)) renameSync(output, old);
    renameSync(aside, output);
  } catch (error) {
    if (!targets.every(isUpToDate)) throw error;
    rmSync(aside, { recursive: true, force: true });
  }
  rmSync(old, { recursive: true, force: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await build([code, explorer], { ifStale: false });
}

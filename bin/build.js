// Compiles src/ into dist/, and web/ into dist/explorer/. Run by itself (`npm run build`) it checks the types of src/
// and writes declarations; the launcher calls buildIfNeeded(), which only wants the code, soon.
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
const bundler = join(root, "node_modules", "vite", "bin", "vite.js");

/** The server's code. */
const code = {
  name: "The sources",
  sources: ["src"],
  tool: compiler,
  // Written last: as old as the sources that dist/ was compiled from.
  stamp: ".built",
  parts: (folder) => readdirSync(folder).filter((entry) => entry !== "explorer"),
};

/** What browsers run; the verification in it is the server's own. */
const explorer = {
  name: "The explorer",
  sources: ["web", "src/protocol", "sample/keyring.json"],
  tool: bundler,
  stamp: join("explorer", ".built"),
  parts: (folder) => readdirSync(folder).filter((entry) => entry === "explorer"),
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
  // Types are checked by `npm run typecheck`.
  await build(stale, ["--noCheck", "--declaration", "false"]);
}

function run(tool, args) {
  return new Promise((resolve) => {
    // Whoever starts this (a test, somebody's shell) may be in another: what is built is what is served.
    const env = { ...process.env, NODE_ENV: "production" };
    const options = { cwd: root, env, stdio: ["ignore", 2, 2] };
    spawn(process.execPath, [tool, ...args], options).once("close", (status) => resolve(status === 0));
  });
}

function buildCode(aside, flags) {
  return run(compiler, ["-p", join(root, "tsconfig.build.json"), ...flags, "--outDir", aside]);
}

function buildExplorer(aside) {
  const config = join(root, "web", "vite.config.ts");
  const flags = ["--logLevel", "warn", "--emptyOutDir", "--outDir", join(aside, "explorer")];
  return run(bundler, ["build", join(root, "web"), "--config", config, ...flags]);
}

/** Builds aside, and puts it into its place in one step: another command may be starting at this moment. */
async function build(targets, flags) {
  const aside = join(root, `.dist-${process.pid}`);
  mkdirSync(aside, { recursive: true });
  const done = await Promise.all(
    targets.map((target) => (target === code ? buildCode(aside, flags) : buildExplorer(aside))),
  );
  const failed = targets.find((_target, index) => !done[index]);
  if (failed !== undefined) {
    rmSync(aside, { recursive: true, force: true });
    console.error(`pith-graph: ${failed.name.toLowerCase()} cannot be built.`);
    process.exit(1);
  }
  // Several commands may have built the same sources at once: the first to be ready has put them in place.
  if (flags.length > 0 && targets.every(isUpToDate)) return rmSync(aside, { recursive: true, force: true });
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

if (process.argv[1] === fileURLToPath(import.meta.url)) await build([code, explorer], []);

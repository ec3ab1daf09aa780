// Compiles src/ into dist/. Run by itself (`npm run build`) it checks types and writes declarations; the launcher calls
// buildIfNeeded(), which only wants the code, soon.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const source = join(root, "src");
const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
const output = join(root, "dist");
/** Written last: as old as the sources that dist/ was compiled from. */
const stamp = join(output, ".built");

/** The latest change below a folder, in milliseconds. */
function latestChange(folder) {
  let latest = statSync(folder).mtimeMs;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    latest = Math.max(latest, entry.isDirectory() ? latestChange(path) : statSync(path).mtimeMs);
  }
  return latest;
}

function isUpToDate() {
  return existsSync(stamp) && statSync(stamp).mtimeMs >= latestChange(source);
}

/** Compiles src/ where it is newer than dist/. An installed package has no src/, and brings its dist/ along. */
export function buildIfNeeded() {
  if (!existsSync(source) || !existsSync(compiler) || isUpToDate()) return;
  console.error("Compiling …");
  // Types are checked by `npm run typecheck`.
  build(["--noCheck", "--declaration", "false"]);
}

/** Compiles aside, and puts it into its place in one step: another command may be starting at this moment. */
function build(flags) {
  const aside = join(root, `.dist-${process.pid}`);
  const project = join(root, "tsconfig.build.json");
  const { status } = spawnSync(process.execPath, [compiler, "-p", project, ...flags, "--outDir", aside], {
    stdio: ["ignore", 2, 2],
  });
  if (status !== 0) {
    rmSync(aside, { recursive: true, force: true });
    console.error("pith-graph: the sources do not compile.");
    process.exit(1);
  }
  // Several commands may have compiled the same sources at once: the first to be ready has put them in place.
  if (flags.length > 0 && isUpToDate()) return rmSync(aside, { recursive: true, force: true });
  writeFileSync(join(aside, ".built"), "");
  const old = `${aside}-old`;
  try {
    if (existsSync(output)) renameSync(output, old);
    renameSync(aside, output);
  } catch (error) {
    if (!isUpToDate()) throw error;
    rmSync(aside, { recursive: true, force: true });
  }
  rmSync(old, { recursive: true, force: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) build([]);

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The latest change below a folder, in milliseconds. */
function latestChange(folder) {
  let latest = statSync(folder).mtimeMs;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    latest = Math.max(latest, entry.isDirectory() ? latestChange(path) : statSync(path).mtimeMs);
  }
  return latest;
}

/** Compiles src/ where it is newer than what was compiled last. Does nothing where there is no src/. */
export function buildIfNeeded() {
  const source = join(root, "src");
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  const output = join(root, "dist");
  const stamp = join(output, ".built");
  if (!existsSync(source) || !existsSync(compiler)) return;
  if (existsSync(stamp) && statSync(stamp).mtimeMs >= latestChange(source)) return;
  console.error("Compiling …");
  // Aside and then in one step into its place: another command may be compiling, or starting, at this moment.
  const aside = join(root, `.dist-${process.pid}`);
  const project = join(root, "tsconfig.build.json");
  // Types are checked by `npm run typecheck`; here only the code is wanted, soon.
  const flags = ["--noCheck", "--declaration", "false", "--incremental", "false", "--outDir", aside];
  const { status } = spawnSync(process.execPath, [compiler, "-p", project, ...flags], {
    stdio: ["ignore", 2, 2],
  });
  if (status !== 0) {
    rmSync(aside, { recursive: true, force: true });
    console.error("pith-graph: the sources do not compile.");
    process.exit(1);
  }
  writeFileSync(join(aside, ".built"), "");
  replace(aside, output);
}

function replace(aside, output) {
  const old = `${aside}-old`;
  try {
    if (existsSync(output)) renameSync(output, old);
    renameSync(aside, output);
  } catch (error) {
    // Another command put its own there first: it compiled the same sources.
    if (!existsSync(output)) throw error;
    rmSync(aside, { recursive: true, force: true });
  }
  rmSync(old, { recursive: true, force: true });
}

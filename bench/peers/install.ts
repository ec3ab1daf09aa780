import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("..", import.meta.url));

type Manifest = { readonly version?: string; readonly dependencies?: Readonly<Record<string, string>> };

function readManifest(path: string): Manifest {
  return JSON.parse(readFileSync(path, "utf8")) as Manifest;
}

/** The version of a package in bench/node_modules; undefined where it is not there. */
export function peerVersion(name: string): string | undefined {
  const path = `${folder}node_modules/${name}/package.json`;
  return existsSync(path) ? readManifest(path).version : undefined;
}

/**
 * Installs what bench/package.json names, unless it is there: other people's servers, which the project itself must
 * never need.
 */
export function installPeers(): void {
  const { dependencies = {} } = readManifest(`${folder}package.json`);
  if (Object.entries(dependencies).every(([name, version]) => peerVersion(name) === version)) return;
  console.log("Installing what the benchmarks compare with into bench/node_modules (half a gigabyte) …");
  // Warnings of engines are about the Node.js that installs, not about the one that runs them.
  const { status } = spawnSync("npm", ["ci", "--loglevel=error", "--prefix", folder], { stdio: "inherit" });
  if (status !== 0) {
    throw new Error(
      "`npm ci --prefix bench` failed: the benchmark needs the npm registry once, for its peers.",
    );
  }
}

/**
 * The Node.js that all servers of a comparison run on: PostGraphile 5 needs 22. It is the one that bench/package.json
 * brings, or the one that runs this where there is none for the machine.
 */
export function peerNode(): { readonly path: string; readonly version: string } {
  const name = `node-${process.platform}-${process.arch}`;
  const version = peerVersion(name);
  if (version !== undefined)
    return { path: `${folder}node_modules/${name}/bin/node`, version: `v${version}` };
  if (Number(process.versions.node.split(".")[0]) >= 24)
    return { path: process.execPath, version: process.version };
  throw new Error(
    `bench/package.json brings no Node.js for ${process.platform}-${process.arch}; run the benchmark with 24 or newer.`,
  );
}

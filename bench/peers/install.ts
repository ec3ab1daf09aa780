import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("..", import.meta.url));

type Manifest = { readonly version?: string; readonly dependencies?: Readonly<Record<string, string>> };

function readManifest(path: string): Manifest {
  return JSON.parse(readFileSync(path, "utf8")) as Manifest;
}

/** The version of a package in bench/node_modules; undefined if it is not installed. */
export function peerVersion(name: string): string | undefined {
  const path = `${folder}node_modules/${name}/package.json`;
  return existsSync(path) ? readManifest(path).version : undefined;
}

/**
 * Installs the packages of bench/package.json if they are missing: other servers, which the project itself never needs.
 */
export function installPeers(): void {
  const { dependencies = {} } = readManifest(`${folder}package.json`);
  if (Object.entries(dependencies).every(([name, version]) => peerVersion(name) === version)) return;
  console.log("Installing the compared programs into bench/node_modules (half a gigabyte) …");
  // Warnings about `engines` concern the installing Node.js, not the one that runs the packages.
  const { status } = spawnSync("npm", ["ci", "--loglevel=error", "--prefix", folder], { stdio: "inherit" });
  if (status !== 0) {
    throw new Error(
      "`npm ci --prefix bench` failed: the benchmark needs the npm registry once, for its peers.",
    );
  }
}

/**
 * The Node.js of all servers of a comparison: PostGraphile 5 needs 22. It is the one of bench/package.json, or else the
 * one that runs this program.
 */
export function peerNode(): { readonly path: string; readonly version: string } {
  const name = `node-${process.platform}-${process.arch}`;
  const version = peerVersion(name);
  if (version !== undefined)
    return { path: `${folder}node_modules/${name}/bin/node`, version: `v${version}` };
  if (Number(process.versions.node.split(".")[0]) >= 24)
    return { path: process.execPath, version: process.version };
  throw new Error(
    `bench/package.json has no Node.js for ${process.platform}-${process.arch}; run the benchmark with 24 or newer.`,
  );
}

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("..", import.meta.url));
const requirePeer = createRequire(`${folder}/package.json`);

/**
 * A package of bench/package.json. They are loaded by nothing but this benchmark, and are not there where the sources
 * are checked: what is used of each is written down where it is used.
 */
export function loadPeer<Package>(name: string): Package {
  return requirePeer(name) as Package;
}

/** The version that is installed. */
export function versionOfPeer(name: string): string {
  const { version } = JSON.parse(readFileSync(`${folder}/node_modules/${name}/package.json`, "utf8"));
  return String(version);
}

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("..", import.meta.url));
const requirePeer = createRequire(`${folder}/package.json`);

/**
 * A package of bench/package.json. Only this benchmark loads them, and they are not installed for type checks: each
 * user declares the part of the API that it uses.
 */
export function loadPeer<Package>(name: string): Package {
  return requirePeer(name) as Package;
}

/** The installed version. */
export function versionOfPeer(name: string): string {
  const { version } = JSON.parse(readFileSync(`${folder}/node_modules/${name}/package.json`, "utf8"));
  return String(version);
}

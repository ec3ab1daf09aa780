import { createRequire } from "node:module";
import { dirname } from "node:path";

type GraphqlJs = typeof import("graphql");

const project = createRequire(new URL("../../package.json", import.meta.url));
const peers = createRequire(new URL("../package.json", import.meta.url));

/** The graphql-js that src uses. Files below bench would find another copy, which does not accept its schemas. */
export const projectGraphql = project("graphql") as GraphqlJs;

/** Loads a package of bench/node_modules with that same graphql-js, which must be loaded completely. */
export function loadPeer(name: string): unknown {
  const [own, other] = [project, peers].map((require) => dirname(require.resolve("graphql"))) as [
    string,
    string,
  ];
  for (const [path, module] of Object.entries(project.cache)) {
    if (path.startsWith(`${own}/`)) peers.cache[path.replace(own, other)] = module;
  }
  return peers(name);
}

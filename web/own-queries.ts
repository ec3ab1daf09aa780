import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { print } from "@0no-co/graphql.web";
import { initGraphQLTada } from "gql.tada";
import type { Plugin } from "vite";

/** `const name = graphql(`…`, [fragments])`: what it is named, its text, the names of its fragments. */
const written = /const (\w+) = graphql\(\s*`([^`]*)`,?\s*(?:\[([^\]]*)\])?,?\s*\)/g;

type Written = { readonly text: string; readonly fragments: readonly string[] };
type Graphql = (text: string, fragments: readonly object[]) => Parameters<typeof print>[0];

/**
 * The queries of a folder's sources as texts, as the page sends them. They are put together by the same functions.
 * Throws where one is written in a way that is not understood here: none may be missed.
 */
export async function ownQueries(folder: string): Promise<string[]> {
  const known = new Map<string, Written>();
  for (const path of await readdir(folder, { recursive: true })) {
    if (!/\.tsx?$/.test(path) || path.endsWith(".d.ts")) continue;
    const source = await readFile(join(folder, path), "utf8");
    const found = [...source.matchAll(written)];
    if (found.length !== [...source.matchAll(/[^\w.]graphql\(/g)].length) {
      throw new Error(`${path} has a query that is no plain \`const name = graphql(\`…\`, [fragments])\`.`);
    }
    for (const [, name = "", text = "", fragments = ""] of found) {
      if (text.includes("${"))
        throw new Error(`${path}: ${name} has a part that is not known before it runs.`);
      if (known.has(name)) throw new Error(`${path}: another query is named ${name}.`);
      known.set(name, { text, fragments: fragments.split(",").flatMap((part) => part.trim() || []) });
    }
  }
  const graphql = initGraphQLTada() as unknown as Graphql;
  // Each made once: a fragment that comes by two ways must be one object to stand in a query once.
  const documents = new Map<string, Parameters<typeof print>[0]>();
  const documentOf = (name: string): Parameters<typeof print>[0] => {
    const query = known.get(name);
    if (query === undefined) throw new Error(`No source has the fragment ${name}.`);
    const document = documents.get(name) ?? graphql(query.text, query.fragments.map(documentOf));
    documents.set(name, document);
    return document;
  };
  const isFragment = ({ text }: Written) => text.trimStart().startsWith("fragment ");
  return [...known].flatMap(([name, query]) => (isFragment(query) ? [] : [print(documentOf(name))]));
}

/** Writes queries.json beside the page: the queries of all its views by the SHA-256 of their texts. */
export function listOwnQueries(folder: string): Plugin {
  return {
    name: "own-queries",
    apply: "build",
    async generateBundle() {
      const queries = await ownQueries(folder);
      const entries = queries.map((text) => [createHash("sha256").update(text).digest("hex"), text] as const);
      this.emitFile({
        type: "asset",
        fileName: "queries.json",
        source: `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`,
      });
    },
  };
}

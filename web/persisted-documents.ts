import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { print } from "@0no-co/graphql.web";
import { initGraphQLTada } from "gql.tada";
import type { Plugin } from "vite";

// Not `gql.tada generate-persisted`: it only lists documents that are declared by `graphql.persisted(id, document)`,
// and the id, a hash, would have to be written beside each query and kept up to date.

/** `const name = graphql(`…`, [fragments])`: the name, the text, and the names of its fragments. */
const declaration = /const (\w+) = graphql\(\s*`([^`]*)`,?\s*(?:\[([^\]]*)\])?,?\s*\)/g;

type Declaration = { readonly text: string; readonly fragments: readonly string[] };
type Document = Parameters<typeof print>[0];

/**
 * The texts of all queries declared in a folder, exactly as the page sends them. Throws if a query is declared in
 * another form, so that none is missed.
 */
export async function readPersistedDocuments(folder: string): Promise<string[]> {
  const declarations = new Map<string, Declaration>();
  for (const path of await readdir(folder, { recursive: true })) {
    if (!/\.tsx?$/.test(path) || path.endsWith(".d.ts")) continue;
    const source = await readFile(join(folder, path), "utf8");
    const found = [...source.matchAll(declaration)];
    if (found.length !== [...source.matchAll(/[^\w.]graphql\(/g)].length) {
      throw new Error(`${path}: declare every query as \`const name = graphql(\`…\`, [fragments])\`.`);
    }
    for (const [, name = "", text = "", fragments = ""] of found) {
      if (text.includes("${")) throw new Error(`${path}: ${name} contains an expression.`);
      if (declarations.has(name)) throw new Error(`${path}: another query is also named ${name}.`);
      declarations.set(name, { text, fragments: fragments.split(",").flatMap((part) => part.trim() || []) });
    }
  }
  const graphql = initGraphQLTada() as unknown as (text: string, fragments: readonly object[]) => Document;
  // One object per fragment: gql.tada includes a fragment once only if it is the same object.
  const documents = new Map<string, Document>();
  const documentOf = (name: string): Document => {
    const query = declarations.get(name);
    if (query === undefined) throw new Error(`No source declares the fragment ${name}.`);
    const document = documents.get(name) ?? graphql(query.text, query.fragments.map(documentOf));
    documents.set(name, document);
    return document;
  };
  const isFragment = ({ text }: Declaration) => text.trimStart().startsWith("fragment ");
  return [...declarations].flatMap(([name, query]) => (isFragment(query) ? [] : [print(documentOf(name))]));
}

/** Writes queries.json: the texts of all queries by their SHA-256, for servers that run listed queries only. */
export function persistDocuments(folder: string): Plugin {
  return {
    name: "persisted-documents",
    apply: "build",
    async generateBundle() {
      const texts = await readPersistedDocuments(folder);
      const entries = texts.map((text) => [createHash("sha256").update(text).digest("hex"), text] as const);
      this.emitFile({
        type: "asset",
        fileName: "queries.json",
        source: `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`,
      });
    },
  };
}

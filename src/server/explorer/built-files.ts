import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { GraphQLSchema } from "graphql";
import type { Encoding } from "../http/index.ts";
import { noDocuments, readDocuments, type TrustedDocuments } from "../trusted-documents.ts";

/** Where the build puts the explorer: the same path from src/ and from dist/. */
export const builtExplorer = fileURLToPath(new URL("../../../dist/explorer", import.meta.url));

const suffixes: Readonly<Record<Encoding, string>> = { br: ".br", gzip: ".gz", identity: "" };

type Page = { readonly text: string; readonly modified: number };

/** The explorer's built files: read on first use, and cached until the next build. */
export class BuiltFiles {
  readonly #folder: string;
  readonly #pages = new Map<string, Page>();
  readonly #assets = new Map<string, Buffer>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** A page by its file's name; null if nothing was built. */
  async page(name: string): Promise<string | null> {
    const path = join(this.#folder, name);
    const modified = await orNull(stat(path).then(({ mtimeMs }) => mtimeMs));
    if (modified === null) return null;
    const known = this.#pages.get(name);
    if (known?.modified === modified) return known.text;
    const text = await orNull(readFile(path, "utf8"));
    if (text === null) return null;
    this.#assets.clear();
    this.#pages.set(name, { text, modified });
    return text;
  }

  /** An asset by its plain name, in an encoding that the build made of it; null if there is none. */
  async asset(name: string, encoding: Encoding): Promise<Buffer | null> {
    const file = name + suffixes[encoding];
    const known = this.#assets.get(file);
    if (known !== undefined) return known;
    const read = await orNull(readFile(join(this.#folder, "assets", file)));
    if (read !== null) this.#assets.set(file, read);
    return read;
  }
}

/** The content that is read from a file; null if the file is missing. */
async function orNull<Value>(reading: Promise<Value>): Promise<Value | null> {
  try {
    return await reading;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "EISDIR" || code === "ENOTDIR") return null;
    throw error;
  }
}

/**
 * The queries of the explorer, as its build lists them; none if it is not built. Rejects with a DocumentsError if they
 * do not fit the schema: then it was built for another version.
 */
export async function readExplorerDocuments(
  schema: GraphQLSchema,
  folder = builtExplorer,
): Promise<TrustedDocuments> {
  const path = join(folder, "queries.json");
  return existsSync(path) ? readDocuments(path, schema) : noDocuments;
}

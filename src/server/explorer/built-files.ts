import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Encoding } from "./accepted-encoding.ts";

/** Where the build puts the explorer: the same place from src/ and from dist/. */
export const builtExplorer = fileURLToPath(new URL("../../../dist/explorer", import.meta.url));

const suffixes: Readonly<Record<Encoding, string>> = { br: ".br", gzip: ".gz", identity: "" };

/** The explorer's files as they were built: read when first asked for, and kept. */
export class BuiltFiles {
  readonly #folder: string;
  readonly #assets = new Map<string, Buffer>();
  #page: string | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The page; null where nothing was built. */
  async page(): Promise<string | null> {
    this.#page ??= (await readIfThere(join(this.#folder, "index.html")))?.toString("utf8");
    return this.#page ?? null;
  }

  /** An asset by its plain name, in an encoding that the build made of it; null where there is none. */
  async asset(name: string, encoding: Encoding): Promise<Buffer | null> {
    const file = name + suffixes[encoding];
    const known = this.#assets.get(file);
    if (known !== undefined) return known;
    const read = await readIfThere(join(this.#folder, "assets", file));
    if (read !== null) this.#assets.set(file, read);
    return read;
  }
}

async function readIfThere(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "EISDIR") return null;
    throw error;
  }
}

import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import { Cite, plugins } from "@citation-js/core";
import "@citation-js/plugin-bibtex";
import { parseAuthors, parseName, readableText, textToTex } from "../src/text/index.ts";

/**
 * Writes titles and names as TeX, reads them with citation-js, and prints those that are read differently.
 *
 *     npx tsx scripts/bibtex-round-trip.ts papers.jsonl.gz …
 *
 * A line of a file is an object with `title`, and `authors` as a list or one text. Titles with mathematics are only
 * counted, because citation-js converts it to HTML.
 */
async function main(files: readonly string[]): Promise<void> {
  plugins.config.get("@bibtex").parse.sentenceCase = "never";
  const titles: string[] = [];
  const names = new Set<string>();
  for (const file of files) {
    for await (const line of createInterface({ input: createReadStream(file).pipe(createGunzip()) })) {
      const { title, authors } = JSON.parse(line) as { title: string; authors: string | string[] };
      titles.push(readableText(title));
      const read = typeof authors === "string" ? parseAuthors(authors) : authors.map(parseName);
      for (const name of read) if (name !== null) names.add(name.text);
    }
  }
  const plain = titles.filter((title) => !title.includes("$"));
  print("titles", plain, (entry) => entry.title ?? "");
  console.log(`titles with mathematics: ${titles.length - plain.length}`);
  // Read as titles, because citation-js splits names.
  print("names", [...names], (entry) => entry.title ?? "");
}

type Item = { readonly title?: string };

function print(what: string, texts: readonly string[], textOf: (entry: Item) => string): void {
  let others = 0;
  for (const [index, entry] of readAll(texts).entries()) {
    const back = textOf(entry).replaceAll("\u00a0", " ");
    if (back === texts[index]) continue;
    others++;
    console.log(JSON.stringify({ written: texts[index], read: back }));
  }
  console.log(`${what}: ${texts.length}, of which ${others} are read differently`);
}

/** An empty entry for texts that citation-js cannot read. */
function readAll(texts: readonly string[]): Item[] {
  const file = texts
    .map((text, index) => `@misc{k${index},\n  title = {{${textToTex(text)}}},\n}\n`)
    .join("\n");
  try {
    return new Cite(file, { forceType: "@bibtex/text" }).data as Item[];
  } catch (error) {
    if (texts.length > 1) {
      const half = texts.length >> 1;
      return [...readAll(texts.slice(0, half)), ...readAll(texts.slice(half))];
    }
    if (texts.length === 0) return [];
    console.log(String(error).split("\n")[0]);
    return [{}];
  }
}

await main(process.argv.slice(2));

import { readText, writeText } from "./packed-text.ts";
import { sampleFiles } from "./sample-files.ts";

/** The committed sample. */
export const sampleFolder = new URL("../../sample/", import.meta.url);
const arxivSource = new URL("source/arxiv-2022-12.jsonl.gz", sampleFolder);

/** The files of the sample that differ from those made from the sources. */
export function staleFiles(): Map<string, string> {
  const stale = new Map<string, string>();
  // Compared unpacked: releases of zlib may compress the same text differently.
  for (const [name, text] of sampleFiles(readSource(arxivSource))) {
    if (readText(new URL(name, sampleFolder)) !== text) stale.set(name, text);
  }
  return stale;
}

export function writeFiles(files: ReadonlyMap<string, string>): void {
  for (const [name, text] of files) writeText(new URL(name, sampleFolder), text);
}

function readSource(file: URL): string {
  const text = readText(file);
  if (text === null) throw new Error(`${file.pathname} is missing; it is committed with the sample.`);
  return text;
}

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";

/** The text of a file, unpacked if its name ends in `.gz`; null if there is no file. */
export function readText(file: URL): string | null {
  if (!existsSync(file)) return null;
  const bytes = readFileSync(file);
  return (isPacked(file) ? gunzipSync(bytes) : bytes).toString("utf8");
}

/** Writes a text, gzipped if the name ends in `.gz`. Node's gzip header has no time and no name. */
export function writeText(file: URL, text: string): void {
  writeFileSync(file, isPacked(file) ? gzipSync(text, { level: 9 }) : text);
}

function isPacked(file: URL): boolean {
  return file.pathname.endsWith(".gz");
}

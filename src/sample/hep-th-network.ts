import { readFileSync } from "node:fs";
import { brotliDecompressSync } from "node:zlib";

/** A paper of arXiv's hep-th from `sample/source/hep-th.jsonl.br`, which has one a line, oldest id first. */
export type HepThPaper = {
  /** `hep-th/YYMMNNN`. */
  readonly arxivId: string;
  /** As on arXiv, LaTeX included. */
  readonly title: string;
  readonly authors: readonly string[];
  readonly abstract: string;
  /** RFC 3339, or only the day; absent if the source has no date. */
  readonly submittedAt?: string;
  /** The primary one first. */
  readonly categories: readonly string[];
  /** arXiv ids of the cited papers, all of them papers of this file. */
  readonly references: readonly string[];
};

export const hepThFile = new URL("../../sample/source/hep-th.jsonl.br", import.meta.url);

/** All 27,770 papers of the network. Throws the file system's error if the file is missing. */
export function readHepTh(): HepThPaper[] {
  const text = brotliDecompressSync(readFileSync(hepThFile)).toString("utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as HepThPaper);
}

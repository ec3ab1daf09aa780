import { readFileSync } from "node:fs";
import { brotliDecompressSync } from "node:zlib";
import type { JsonObject } from "../protocol/index.ts";
import { claimsOfAbstract } from "./abstract-claims.ts";
import { bundleOfPaper } from "./bundle.ts";
import type { SamplePaper, SampleReference } from "./sample-paper.ts";

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

/** arXiv's name for the licence of papers without one, like all of that time. */
const license = "http://arxiv.org/licenses/assumed-1991-2003/";

/**
 * The papers of a network that `isSelected` accepts, ready to be signed. A reference has the title and the year of the
 * paper that it cites.
 */
export function hepThPapers(
  network: readonly HepThPaper[],
  isSelected: (arxivId: string) => boolean,
): SamplePaper[] {
  const byId = new Map(network.map((paper) => [paper.arxivId, paper]));
  const referenceTo = (arxivId: string): SampleReference => ({
    text: byId.get(arxivId)?.title ?? arxivId,
    arxivId,
    doi: "",
    openAlexId: "",
    year: yearOfId(arxivId),
  });
  return network
    .filter(({ arxivId }) => isSelected(arxivId))
    .map((paper) => {
      const [primaryCategory = "hep-th", ...crossCategories] = paper.categories;
      return {
        source: { kind: "arxiv", id: paper.arxivId, version: 1 },
        submittedAt: submissionTime(paper),
        license,
        title: paper.title,
        authorsText: paper.authors.join(", "),
        abstract: paper.abstract,
        primaryCategory,
        crossCategories,
        claims: claimsOfAbstract(paper.abstract),
        references: paper.references.map(referenceTo),
      };
    });
}

/** Midnight if the source has only the day, the first day of the id's month if it has no date. */
function submissionTime({ arxivId, submittedAt }: HepThPaper): string {
  if (submittedAt === undefined) return `${yearOfId(arxivId)}-${arxivId.slice(9, 11)}-01T00:00:00Z`;
  return submittedAt.includes("T") ? submittedAt : `${submittedAt}T00:00:00Z`;
}

/** `hep-th/YYMMNNN`: arXiv began in 1991. */
function yearOfId(id: string): number {
  const year = Number(id.slice(7, 9));
  return year >= 91 ? 1900 + year : 2000 + year;
}

/** A paper of a citation network, with its cited papers. */
type CitingPaper = { readonly arxivId: string; readonly references: readonly string[] };

/**
 * The `count` papers nearest to `root`: breadth first along citations in both directions; the neighbours of a paper
 * from the most to the least cited, equally cited ones by id.
 */
export function selectPapers(network: readonly CitingPaper[], root: string, count: number): Set<string> {
  const references = new Map(network.map((paper) => [paper.arxivId, paper.references]));
  const citers = new Map<string, string[]>();
  for (const { arxivId, references: cited } of network) {
    for (const id of cited) append(citers, id, arxivId);
  }
  const citedBy = (id: string) => citers.get(id)?.length ?? 0;

  // A set keeps the order of insertion, and iteration also visits elements added during it.
  const selected = new Set([root]);
  for (const paper of selected) {
    const neighbours = [...(references.get(paper) ?? []), ...(citers.get(paper) ?? [])];
    neighbours.sort((a, b) => citedBy(b) - citedBy(a) || (a < b ? -1 : 1));
    for (const neighbour of neighbours) {
      if (selected.size === count) break;
      selected.add(neighbour);
    }
  }
  return selected;
}

function append(lists: Map<string, string[]>, key: string, item: string): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

/**
 * The signed bundles of the network's papers, or of those that `isSelected` accepts, oldest id first. They are made one
 * at a time: together they are 250 MB. Every reference is an internal anchor, since the network represents the
 * registry's papers; so a paper's bundle does not depend on the selection.
 */
export function* hepThBundles(
  network: readonly HepThPaper[],
  isSelected: (arxivId: string) => boolean = () => true,
): Generator<JsonObject> {
  const known = new Set(network.map(({ arxivId }) => arxivId));
  for (const paper of hepThPapers(network, isSelected)) yield bundleOfPaper(paper, (id) => known.has(id));
}

import { writeFileSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";
import { type HepThPaper, hepThFile } from "../../src/sample/index.ts";

/** A line of the data that `--pack-hep-th` reads, which has more members than the sample uses. */
type SourceLine = Omit<HepThPaper, "references"> & { readonly references?: readonly string[] };

/** Papers that cite or are cited, sorted by id. */
export function connectedPapers(source: string): HepThPaper[] {
  const lines = source
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as SourceLine);
  const cited = new Set(lines.flatMap(({ references = [] }) => references));
  return lines
    .map(({ arxivId, title, authors, abstract, submittedAt, categories, references = [] }) => ({
      arxivId,
      title,
      authors,
      abstract,
      ...(submittedAt === undefined ? {} : { submittedAt }),
      categories,
      references,
    }))
    .filter(({ arxivId, references }) => references.length > 0 || cited.has(arxivId))
    .sort((a, b) => (ordinalOf(a.arxivId) < ordinalOf(b.arxivId) ? -1 : 1));
}

/** `hep-th/9711200` as `199711200`. */
function ordinalOf(id: string): string {
  return `${id.slice(7, 9) >= "91" ? "19" : "20"}${id.slice(7)}`;
}

/** Compresses them with Brotli's best quality, which takes more than a minute. */
export function writeHepTh(papers: readonly HepThPaper[]): void {
  const text = Buffer.from(papers.map((paper) => `${JSON.stringify(paper)}\n`).join(""));
  const packed = brotliCompressSync(text, {
    params: {
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
    },
  });
  writeFileSync(hepThFile, packed);
}

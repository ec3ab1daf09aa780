import { bundleOfPaper, hepThBundles, readHepTh, sampleKey, selectPapers } from "../../src/sample/index.ts";
import { readArxivPapers } from "./arxiv-papers.ts";
import { forkBundles } from "./forks.ts";
import { ndjson } from "./ndjson.ts";

/** The most cited paper of hep-th, and the number of papers around it in the sample. */
const hepThRoot = "hep-th/9711200";
const hepThCount = 1000;

/**
 * Every file that the script writes: its name in `sample/`, and its text, which is gzipped if the name ends in `.gz`.
 * `arxivSource` is the text of `source/arxiv-2022-12.jsonl.gz`.
 */
export function sampleFiles(arxivSource: string): Map<string, string> {
  const arxiv = readArxivPapers(arxivSource);
  const network = readHepTh();
  const selected = selectPapers(network, hepThRoot, hepThCount);
  const known = new Set([...arxiv.map(({ source }) => source.id), ...network.map(({ arxivId }) => arxivId)]);
  return new Map([
    ["arxiv-2022-12.ndjson.gz", ndjson(arxiv.map((paper) => bundleOfPaper(paper, (id) => known.has(id))))],
    ["hep-th.ndjson.gz", ndjson(hepThBundles(network, (id) => selected.has(id)))],
    ["forks.ndjson", ndjson(forkBundles())],
    ["keyring.json", `${JSON.stringify([sampleKey], null, 2)}\n`],
  ]);
}

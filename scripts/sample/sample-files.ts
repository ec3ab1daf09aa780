import { readArxivPapers } from "./arxiv-papers.ts";
import { bundleOfPaper, ndjson } from "./bundle.ts";
import { forkBundles } from "./forks.ts";
import { hepThPapers } from "./hep-th-papers.ts";
import { readReferenceLists } from "./hep-th-selection.ts";
import { sampleKey } from "./sample-key.ts";

/** The committed source data, unpacked. */
export type SampleSources = { readonly arxiv: string; readonly hepTh: string };

/** Every file that the script writes: its name in `sample/`, and its text, before packing where it ends in `.gz`. */
export function sampleFiles(sources: SampleSources): Map<string, string> {
  const arxiv = readArxivPapers(sources.arxiv);
  const hepTh = hepThPapers(readReferenceLists(sources.hepTh));
  const held = new Set([...arxiv, ...hepTh].map((paper) => paper.source.id));
  const bundles = (papers: typeof arxiv) =>
    ndjson(papers.map((paper) => bundleOfPaper(paper, (id) => held.has(id))));
  return new Map([
    ["arxiv-2022-12.ndjson.gz", bundles(arxiv)],
    ["hep-th.ndjson.gz", bundles(hepTh)],
    ["forks.ndjson", ndjson(forkBundles())],
    ["keyring.json", `${JSON.stringify([sampleKey], null, 2)}\n`],
  ]);
}

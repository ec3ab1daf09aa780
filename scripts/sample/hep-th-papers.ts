import type { ReferenceLists } from "./hep-th-selection.ts";
import type { SamplePaper } from "./sample-paper.ts";
import type { SampleReference } from "./sample-reference.ts";

/** Where the selection begins: the most cited paper of the network. */
export const hepThRoot = "hep-th/9711200";
export const hepThCount = 1000;

/** arXiv's name for what it holds without a licence of its own, as all papers of that time. */
const license = "http://arxiv.org/licenses/assumed-1991-2003/";

/** The papers of a citation network that tells ids only: an id stands for the title, and nothing is made up. */
export function hepThPapers(lists: ReferenceLists): SamplePaper[] {
  const papers = [...lists].map(
    ([id, cited]): SamplePaper => ({
      source: { kind: "arxiv", id, version: 1 },
      submittedAt: `${yearOf(id)}-${id.slice(9, 11)}-01T00:00:00Z`,
      license,
      title: id,
      authorsText: "",
      abstract: null,
      primaryCategory: "hep-th",
      crossCategories: [],
      claims: [],
      references: cited.map(referenceTo),
    }),
  );
  // In the order of time, neighbours cite the same works: that packs best.
  return papers.sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1));
}

function timeOf({ submittedAt, source }: SamplePaper): string {
  return `${submittedAt} ${source.id}`;
}

function referenceTo(id: string): SampleReference {
  return { text: id, arxivId: id, doi: "", openAlexId: "", year: yearOf(id) };
}

/** `hep-th/YYMMNNN`: arXiv began in 1991. */
function yearOf(id: string): number {
  const year = Number(id.slice(7, 9));
  return year >= 91 ? 1900 + year : 2000 + year;
}

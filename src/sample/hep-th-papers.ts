import { claimsOfAbstract } from "./abstract-claims.ts";
import type { HepThPaper } from "./hep-th-network.ts";
import type { SamplePaper } from "./sample-paper.ts";
import type { SampleReference } from "./sample-reference.ts";

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

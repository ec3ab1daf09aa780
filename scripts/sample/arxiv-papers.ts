import { claimsOfAbstract, type SamplePaper, type SampleReference } from "../../src/sample/index.ts";
import { yearOfReference } from "./year-of-reference.ts";

/** The used members of a line of `source/arxiv-2022-12.jsonl.gz`. */
type SourcePaper = {
  id: string;
  title: string;
  authors: string;
  /** The primary one first. */
  categories: string[];
  license: string;
  abstract: string;
  /** In order; `created` like `Thu, 22 Dec 2022 14:32:14 GMT`. */
  versions: { version: string; created: string }[];
  references: { text: string; arxiv_id: string; doi: string; openalex_id: string }[];
};

/** The real papers of December 2022, one a line of the source. */
export function readArxivPapers(source: string): SamplePaper[] {
  return source
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => readPaper(JSON.parse(line) as SourcePaper));
}

function readPaper(paper: SourcePaper): SamplePaper {
  const [primaryCategory, ...crossCategories] = paper.categories;
  const [first] = paper.versions;
  const latest = paper.versions.at(-1);
  if (primaryCategory === undefined || first === undefined || latest === undefined) {
    throw new Error(`${paper.id}: a paper needs a category and a version.`);
  }
  return {
    source: { kind: "arxiv", id: paper.id, version: Number(latest.version.slice(1)) },
    submittedAt: new Date(first.created).toISOString().replace(".000Z", "Z"),
    license: paper.license,
    title: paper.title,
    authorsText: paper.authors,
    abstract: paper.abstract,
    primaryCategory,
    crossCategories,
    claims: claimsOfAbstract(paper.abstract),
    references: paper.references.map(readReference),
  };
}

function readReference(reference: SourcePaper["references"][number]): SampleReference {
  const { text, arxiv_id: arxivId, doi, openalex_id: openAlexId } = reference;
  return { text, arxivId, doi, openAlexId, year: yearOfReference(text) };
}

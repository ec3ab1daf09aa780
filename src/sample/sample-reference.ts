import { arxivIdentity, arxivIdOfDoi, parseDoi } from "../protocol/index.ts";
import { workIdOf } from "./work-id.ts";

/** A reference as a source tells it; an identifier that it does not tell is "". */
export type SampleReference = {
  /** The raw text: what the registry calls a reference's title. */
  readonly text: string;
  readonly arxivId: string;
  readonly doi: string;
  readonly openAlexId: string;
  readonly year: number | null;
};

/** Whether it names a work by more than its raw text: what `resolved_work` counts. */
export function hasIdentifier({ arxivId, doi, openAlexId }: SampleReference): boolean {
  return arxivId !== "" || doi !== "" || openAlexId !== "";
}

/** A reference in the registry's form, numbered from 1. An OpenAlex id lives on in the work id alone. */
export function referenceItem(
  reference: SampleReference,
  index: number,
  isAnchor: (arxivId: string) => boolean,
) {
  const arxivId = arxivIdOf(reference);
  return {
    cited_arxiv_id: reference.arxivId,
    doi: reference.doi,
    is_internal_anchor: arxivId !== null && isAnchor(arxivId),
    ref_index: index,
    title: reference.text,
    work_id: workIdOf(workName(reference)),
    year: reference.year,
  };
}

function arxivIdOf({ arxivId, doi }: SampleReference): string | null {
  if (arxivId !== "") return arxivIdentity(arxivId);
  const parsed = parseDoi(doi);
  return parsed === null ? null : arxivIdOfDoi(parsed);
}

/**
 * One name for one identifier, the best that this reference has. Where another reference to the same work has
 * only a lesser one, the two get different work ids: so it is in life, and joining them is the mirror's work.
 */
function workName(reference: SampleReference): string {
  const { arxivId, doi, openAlexId, text } = reference;
  if (arxivId !== "") return `arxiv:${arxivIdentity(arxivId) ?? arxivId}`;
  if (doi !== "") return `doi:${parseDoi(doi) ?? doi}`;
  return openAlexId === "" ? `text:${text}` : `openalex:${openAlexId}`;
}

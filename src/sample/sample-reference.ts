import { arxivIdentity, arxivIdOfDoi, parseDoi } from "../protocol/index.ts";
import { workIdOf } from "./work-id.ts";

/** A reference from a source; an unknown identifier is "". */
export type SampleReference = {
  /** The raw text: the registry calls it a reference's title. */
  readonly text: string;
  readonly arxivId: string;
  readonly doi: string;
  readonly openAlexId: string;
  readonly year: number | null;
};

/** Whether it identifies a work by more than its raw text: these are counted as `resolved_work`. */
export function hasIdentifier({ arxivId, doi, openAlexId }: SampleReference): boolean {
  return arxivId !== "" || doi !== "" || openAlexId !== "";
}

/** A reference in the registry's form, numbered from 1. An OpenAlex id is used only in the work id. */
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
 * One name per identifier, the best that this reference has. If another reference to the same work has only a lesser
 * one, the two get different work ids, as in real data: joining them is the mirror's work.
 */
function workName(reference: SampleReference): string {
  const { arxivId, doi, openAlexId, text } = reference;
  if (arxivId !== "") return `arxiv:${arxivIdentity(arxivId) ?? arxivId}`;
  if (doi !== "") return `doi:${parseDoi(doi) ?? doi}`;
  return openAlexId === "" ? `text:${text}` : `openalex:${openAlexId}`;
}

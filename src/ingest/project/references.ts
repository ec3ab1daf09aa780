import {
  arxivIdentity,
  arxivIdOfDoi,
  isJsonObject,
  type JsonObject,
  type PithNumber,
  parseDoi,
  parseWorkId,
} from "../../protocol/index.ts";
import { type IdentifierKind, identifierIdOf, workIdOf } from "../../store/index.ts";
import type { references } from "../../store/tables/index.ts";
import { count, textMember } from "./text.ts";

/** A reference before it is settled which work it cites. */
export type ProjectedReference = Omit<typeof references.$inferSelect, "citedWorkId"> & {
  /** The identifiers it names, in one spelling each. */
  readonly identifiers: readonly NamedIdentifier[];
  /** The work that it is by itself, where it names none. */
  readonly own: { readonly id: bigint; readonly key: string } | null;
};

export type NamedIdentifier = { readonly id: bigint; readonly kind: IdentifierKind; readonly value: string };

/** The references that a snapshot lists. Items that are no objects are left to the log. */
export function projectReferences(
  paperId: bigint,
  pithNumber: PithNumber,
  snapshot: JsonObject,
): ProjectedReference[] {
  const part = snapshot["references"];
  const sample = isJsonObject(part) && Array.isArray(part["sample"]) ? part["sample"] : [];
  const references: ProjectedReference[] = [];
  for (let ordinal = 0; ordinal < sample.length; ordinal++) {
    const item = sample[ordinal];
    if (!isJsonObject(item)) continue;
    const { arxiv, doi, workUuid } = identifiersOf(item);
    const identifiers: NamedIdentifier[] = [];
    if (arxiv !== null) identifiers.push(arxiv);
    if (doi !== null) identifiers.push(doi);
    if (workUuid !== null) identifiers.push(workUuid);
    references.push({
      paperId,
      ordinal,
      refIndex: count(item["ref_index"]) ?? ordinal + 1,
      title: textMember(item, "title"),
      year: yearOf(item),
      doi: textMember(item, "doi"),
      citedArxivId: textMember(item, "cited_arxiv_id"),
      isInternalAnchor: item["is_internal_anchor"] === true,
      arxivId: arxiv?.id ?? null,
      doiId: doi?.id ?? null,
      workUuidId: workUuid?.id ?? null,
      identifiers,
      own: identifiers.length === 0 ? ownWork(pithNumber, ordinal) : null,
    });
  }
  return references;
}

function ownWork(pithNumber: PithNumber, ordinal: number): ProjectedReference["own"] {
  const key = `reference:${pithNumber}#${ordinal}`;
  return { id: workIdOf(key), key };
}

/**
 * The identifiers of a reference, at most one of a kind. arXiv's own DOI names an arXiv id, not a DOI's work;
 * where a reference gives both and they differ, its arXiv id is believed.
 */
function identifiersOf({ cited_arxiv_id: written, doi, work_id: workId }: JsonObject) {
  // The texts as they are in the snapshot: a replaced character would make another identifier of it.
  const parsedDoi = typeof doi === "string" ? parseDoi(doi) : null;
  const arxivOfDoi = parsedDoi === null ? null : arxivIdOfDoi(parsedDoi);
  const arxiv = (typeof written === "string" ? arxivIdentity(written) : null) ?? arxivOfDoi;
  return {
    arxiv: named("arxiv", arxiv),
    doi: named("doi", arxivOfDoi === null ? parsedDoi : null),
    workUuid: named("work_id", typeof workId === "string" ? parseWorkId(workId) : null),
  };
}

function named(kind: IdentifierKind, value: string | null): NamedIdentifier | null {
  return value === null ? null : { id: identifierIdOf(kind, value), kind, value };
}

function yearOf(item: JsonObject): number | null {
  const year = count(item["year"]);
  return year !== null && year >= 1 && year <= 9999 ? year : null;
}

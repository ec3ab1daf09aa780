import {
  arxivIdentity,
  arxivIdOfDoi,
  isJsonObject,
  type JsonObject,
  type PithNumber,
  parseDoi,
  parseWorkId,
} from "../../protocol/index.ts";
import { identifierIdOf, workIdOf } from "../../store/ids.ts";
import type { references } from "../../store/tables/index.ts";
import { count, textMember } from "./text.ts";

/**
 * A reference before it is settled which work it cites. A batch holds on to all of its references: none of them has
 * objects of its own.
 */
export type ProjectedReference = Omit<typeof references.$inferSelect, "citedWorkId"> & {
  /** The identifiers it names, in one spelling each; null where it names none of the kind. */
  readonly arxivName: string | null;
  readonly doiName: string | null;
  readonly workUuid: string | null;
  /** The work that it is by itself, where it names none. */
  readonly own: { readonly id: bigint; readonly key: string } | null;
};

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
    const { arxivName, doiName, workUuid } = identifiersOf(item);
    const namesNone = arxivName === null && doiName === null && workUuid === null;
    references.push({
      paperId,
      ordinal,
      refIndex: count(item["ref_index"]) ?? ordinal + 1,
      title: textMember(item, "title"),
      year: yearOf(item),
      doi: textMember(item, "doi"),
      citedArxivId: textMember(item, "cited_arxiv_id"),
      isInternalAnchor: item["is_internal_anchor"] === true,
      arxivId: arxivName === null ? null : identifierIdOf("arxiv", arxivName),
      doiId: doiName === null ? null : identifierIdOf("doi", doiName),
      workUuidId: workUuid === null ? null : identifierIdOf("work_id", workUuid),
      arxivName,
      doiName,
      workUuid,
      own: namesNone ? ownWork(pithNumber, ordinal) : null,
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
  return {
    arxivName: (typeof written === "string" ? arxivIdentity(written) : null) ?? arxivOfDoi,
    doiName: arxivOfDoi === null ? parsedDoi : null,
    workUuid: typeof workId === "string" ? parseWorkId(workId) : null,
  };
}

function yearOf(item: JsonObject): number | null {
  const year = count(item["year"]);
  return year !== null && year >= 1 && year <= 9999 ? year : null;
}

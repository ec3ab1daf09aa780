import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type PithNumber,
  parseWorkId,
  parseWorkName,
  type WorkName,
} from "../protocol/index.ts";
import { identifierIdOf, workIdOf } from "../row-rules/index.ts";
import type { references } from "../store/index.ts";
import { count, shownMember, textMember } from "./row-text.ts";

/**
 * A reference whose cited work is not yet decided. Flat, without nested objects: a batch keeps all of its references in
 * memory.
 */
export type ProjectedReference = Omit<
  typeof references.$inferSelect,
  "citedWorkId" | "submittedAt" | "hasArxivId"
> & {
  /** The id of its arXiv id; null if it names none. */
  readonly arxivId: bigint | null;
  /** The identifiers it names, normalized; null if it names none of the kind. */
  readonly arxivName: string | null;
  readonly doiName: string | null;
  readonly workUuid: string | null;
  /** The work that the reference itself makes if it names no identifier. */
  readonly own: { readonly id: bigint; readonly key: string } | null;
};

/** The references listed in a snapshot. Skips items that are not objects; the log keeps them. */
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
      title: shownMember(item, "title"),
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
 * The identifiers of a reference, at most one per kind, whichever of its two members contains them: some registries
 * write a DOI in the member for arXiv ids, or the reverse. A DOI assigned by arXiv counts as the arXiv id. If both
 * members name the same kind, the member of that kind wins.
 */
function identifiersOf({ cited_arxiv_id: written, doi: writtenDoi, work_id: workId }: JsonObject) {
  // The texts as in the snapshot: a replaced character would change the identifier.
  const first = nameIn(written);
  const second = nameIn(writtenDoi);
  return {
    arxivName: first?.kind === "arxiv" ? first.id : second?.kind === "arxiv" ? second.id : null,
    doiName: second?.kind === "doi" ? second.doi : first?.kind === "doi" ? first.doi : null,
    workUuid: typeof workId === "string" ? parseWorkId(workId) : null,
  };
}

function nameIn(value: JsonValue | undefined): WorkName | null {
  return typeof value === "string" && value !== "" ? parseWorkName(value) : null;
}

/** A year from 1000 to 2100, also as a text such as `2005a` or `(2005)`; null if the reference states none. */
function yearOf(item: JsonObject): number | null {
  const stated = item["year"];
  const text = typeof stated === "string" ? /^\s*[([]?c?(\d{4})[a-z]?[)\]]?[.,;]?\s*$/.exec(stated) : null;
  const year = text === null ? count(stated) : Number(text[1]);
  return year !== null && year >= 1000 && year <= 2100 ? year : null;
}

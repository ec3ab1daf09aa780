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
  return sample.flatMap((item, ordinal) => {
    if (!isJsonObject(item)) return [];
    const identifiers = identifiersOf(item);
    const idOf = (kind: IdentifierKind) =>
      identifiers.find((identifier) => identifier.kind === kind)?.id ?? null;
    return {
      paperId,
      ordinal,
      refIndex: count(item["ref_index"]) ?? ordinal + 1,
      title: textMember(item, "title"),
      year: yearOf(item),
      doi: textMember(item, "doi"),
      citedArxivId: textMember(item, "cited_arxiv_id"),
      isInternalAnchor: item["is_internal_anchor"] === true,
      arxivId: idOf("arxiv"),
      doiId: idOf("doi"),
      workUuidId: idOf("work_id"),
      identifiers,
      own: identifiers.length === 0 ? ownWork(pithNumber, ordinal) : null,
    };
  });
}

function ownWork(pithNumber: PithNumber, ordinal: number): ProjectedReference["own"] {
  const key = `reference:${pithNumber}#${ordinal}`;
  return { id: workIdOf(key), key };
}

/**
 * The identifiers of a reference, at most one of a kind. arXiv's own DOI names an arXiv id, not a DOI's work;
 * where a reference gives both and they differ, its arXiv id is believed.
 */
function identifiersOf({ cited_arxiv_id: written, doi, work_id: workId }: JsonObject): NamedIdentifier[] {
  // The texts as they are in the snapshot: a replaced character would make another identifier of it.
  const parsedDoi = typeof doi === "string" ? parseDoi(doi) : null;
  const arxivOfDoi = parsedDoi === null ? null : arxivIdOfDoi(parsedDoi);
  const arxiv = (typeof written === "string" ? arxivIdentity(written) : null) ?? arxivOfDoi;
  const values: [IdentifierKind, string | null][] = [
    ["arxiv", arxiv],
    ["doi", arxivOfDoi === null ? parsedDoi : null],
    ["work_id", typeof workId === "string" ? parseWorkId(workId) : null],
  ];
  return values.flatMap(([kind, value]) =>
    value === null ? [] : { id: identifierIdOf(kind, value), kind, value },
  );
}

function yearOf(item: JsonObject): number | null {
  const year = count(item["year"]);
  return year !== null && year >= 1 && year <= 9999 ? year : null;
}

import type { Cell } from "../../store/index.ts";
import type { ProjectedReference } from "../project-references.ts";
import type { Identifiers } from "./identifiers.ts";
import type { Identifier, IdentifierIds, StoredReference, TitledReference } from "./lookups.ts";
import { type PaperChange, removedReferences, replacedPapers } from "./papers.ts";
import { lookUp, type Planning, type RowChanges } from "./planning.ts";

/** The references of a paper before and after: their difference is the change of the graph. */
type ReferenceChange = {
  readonly paperId: bigint;
  readonly before: readonly StoredReference[];
  readonly after: readonly StoredReference[];
};

/**
 * References of a paper with unchanged content of which only cited works changed: its references to the works that
 * references were moved from or to.
 */
export type MovedReferences = ReferenceChange & {
  readonly workId: bigint;
  readonly submittedAt: string;
  readonly before: readonly TitledReference[];
  readonly after: readonly TitledReference[];
};

/** How references change. */
export type ReferenceChanges = {
  readonly replaced: readonly ReferenceChange[];
  readonly moved: readonly MovedReferences[];
  /** The identifiers by which the moved references are resolved. */
  readonly movedBy: readonly bigint[];
};

const columns = [
  "paper_id",
  "cited_work_id",
  "submitted_at",
  "doi_id",
  "work_uuid_id",
  "ordinal",
  "ref_index",
  "year",
  "is_internal_anchor",
  "has_arxiv_id",
  "title",
  "doi",
  "cited_arxiv_id",
];

/**
 * Plans the references of changed papers, and updates those of other papers whose identifiers now resolve to another
 * work.
 */
export function* planReferences(
  rows: RowChanges,
  changes: readonly PaperChange[],
  identifiers: Identifiers,
): Planning<ReferenceChanges> {
  const emptied = removedReferences(changes);
  rows.delete(
    "references",
    ["paper_id"],
    Array.from(new Set(emptied.map(({ paperId }) => paperId)), (paperId) => [paperId]),
    emptied.length,
  );
  const listed: { reference: ProjectedReference; citedWorkId: bigint; submittedAt: string }[] = [];
  const replaced: ReferenceChange[] = [];
  for (const { paperId, before, row, references, hasNewContent } of changes) {
    if (!hasNewContent) continue;
    const after: StoredReference[] = [];
    if (row !== null) {
      for (const reference of references) {
        const { ordinal, arxivId, doiId, workUuidId, isInternalAnchor } = reference;
        const citedWorkId = citedWork(reference, identifiers);
        listed.push({ reference, citedWorkId, submittedAt: row.submittedAt });
        after.push({ paperId, ordinal, arxivId, doiId, workUuidId, citedWorkId, isInternalAnchor });
      }
    }
    replaced.push({ paperId, before: before?.references ?? [], after });
  }
  rows.insert("references", columns, listed, ({ reference, citedWorkId, submittedAt }) => [
    reference.paperId,
    citedWorkId,
    submittedAt,
    reference.doiId,
    reference.workUuidId,
    reference.ordinal,
    reference.refIndex,
    reference.year,
    reference.isInternalAnchor,
    reference.arxivId !== null,
    reference.title,
    reference.doi,
    reference.citedArxivId,
  ]);
  const moved = yield* moveReferences(rows, changes, identifiers);
  return { replaced, moved, movedBy: identifiers.moved.map(({ id }) => id) };
}

/** The work that a reference cites: by its arXiv id, else by its DOI, else by its work id. */
function citedWork(reference: ProjectedReference, identifiers: Identifiers): bigint {
  const { own, arxivId, doiId, workUuidId } = reference;
  const deciding = own?.id ?? arxivId ?? doiId ?? workUuidId;
  if (deciding === null) throw new Error("A reference that names nothing has no work of its own.");
  return resolvingIdentifier(reference, identifiers)?.workId ?? deciding;
}

/** The identifier (DOI or work id) that resolves a reference; undefined if an arXiv id does. */
function resolvingIdentifier(
  { arxivId, doiId, workUuidId }: IdentifierIds,
  { byId }: Identifiers,
): Identifier | undefined {
  const deciding = doiId ?? workUuidId;
  return arxivId !== null || deciding === null ? undefined : byId.get(deciding);
}

function* moveReferences(
  rows: RowChanges,
  changes: readonly PaperChange[],
  identifiers: Identifiers,
): Planning<ReferenceChanges["moved"]> {
  if (identifiers.moved.length === 0) return [];
  const cited = yield* lookUp(
    "citedThrough",
    identifiers.moved.map(({ id }) => id),
    replacedPapers(changes),
  );
  if (cited.length === 0) return [];
  const papers = new Set(cited.map(([paperId]) => paperId));
  const works = new Set(identifiers.moved.map(({ workId }) => workId));
  for (const [, workId] of cited) works.add(workId);
  const moved: MovedReferences[] = [];
  const updates: Cell[][] = [];
  for (const paper of yield* lookUp("referencesTo", [...papers], [...works])) {
    const { paperId, references: before, ...rest } = paper;
    const after = before.map((reference) => {
      const identifier = resolvingIdentifier(reference, identifiers);
      if (identifier === undefined || identifier.workId === reference.citedWorkId) return reference;
      updates.push([paperId, reference.ordinal, identifier.workId]);
      return { ...reference, citedWorkId: identifier.workId };
    });
    moved.push({ ...rest, paperId, before, after });
  }
  rows.update("references", ["paper_id", "ordinal", "cited_work_id"], updates, ["cited_work_id"]);
  return moved;
}

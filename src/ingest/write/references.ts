import { bigintArray, type Cell } from "../../store/rows.ts";
import type { ProjectedReference } from "../project/references.ts";
import { decidingIdentifier, type Identifier, type IdentifierIds } from "./evidence.ts";
import type { Identifiers } from "./identifiers.ts";
import { type PaperChange, removedReferences, type StoredReference } from "./paper-change.ts";
import type { WriteSession } from "./session.ts";

/** What happened to the references of a paper: between them lie the changes of the graph. */
export type ReferenceChange = {
  readonly paperId: bigint;
  /**
   * Whether the paper's content is as it was, and only the works that it cites are others. Then `before` and `after`
   * list no more than its references to the works that references were moved from or to.
   */
  readonly isMove: boolean;
  readonly before: readonly StoredReference[];
  readonly after: readonly StoredReference[];
};

const columns = [
  "paper_id",
  "ordinal",
  "ref_index",
  "title",
  "year",
  "doi",
  "cited_arxiv_id",
  "is_internal_anchor",
  "arxiv_id",
  "doi_id",
  "work_uuid_id",
  "cited_work_id",
];

/**
 * Writes the references of changed papers, and moves those of other papers whose identifiers stand for another
 * work now.
 */
export async function writeReferences(
  session: WriteSession,
  changes: readonly PaperChange[],
  identifiers: Identifiers,
): Promise<ReferenceChange[]> {
  const emptied = removedReferences(changes);
  if (emptied.length > 0) {
    session.write('DELETE FROM "references" WHERE paper_id = ANY($1::bigint[])', [
      bigintArray(new Set(emptied.map(({ paperId }) => paperId))),
    ]);
  }
  const listed: ProjectedReference[] = [];
  const written: ReferenceChange[] = [];
  for (const { paperId, before, row, references, hasNewContent } of changes) {
    if (!hasNewContent) continue;
    const after: StoredReference[] = [];
    for (const reference of row === null ? [] : references) {
      listed.push(reference);
      const { ordinal, arxivId, doiId, workUuidId, isInternalAnchor } = reference;
      const citedWorkId = citedWork(reference, identifiers);
      after.push({ paperId, ordinal, arxivId, doiId, workUuidId, citedWorkId, isInternalAnchor });
    }
    written.push({ paperId, isMove: false, before: before?.references ?? [], after });
  }
  session.insertOf("references", columns, listed, (reference) => [
    reference.paperId,
    reference.ordinal,
    reference.refIndex,
    reference.title,
    reference.year,
    reference.doi,
    reference.citedArxivId,
    reference.isInternalAnchor,
    reference.arxivId,
    reference.doiId,
    reference.workUuidId,
    citedWork(reference, identifiers),
  ]);
  return [...written, ...(await moveReferences(session, changes, identifiers))];
}

/** The work that a reference's identifiers lead to. */
function citedWork(reference: ProjectedReference, identifiers: Identifiers): bigint {
  const deciding = reference.own?.id ?? decidingIdentifier(reference);
  if (deciding === null) throw new Error("A reference that names nothing has no work of its own.");
  return settled(reference, identifiers)?.workId ?? deciding;
}

/** What the DOI or work id stands for that decides for a reference; undefined where an arXiv id does: for itself. */
function settled(
  { arxivId, doiId, workUuidId }: IdentifierIds,
  { byId }: Identifiers,
): Identifier | undefined {
  const deciding = doiId ?? workUuidId;
  return arxivId !== null || deciding === null ? undefined : byId.get(deciding);
}

async function moveReferences(
  session: WriteSession,
  changes: readonly PaperChange[],
  identifiers: Identifiers,
): Promise<ReferenceChange[]> {
  if (identifiers.moved.length === 0) return [];
  const rows = await session.read<{ paper_id: string; cited_work_id: string }>(
    `SELECT DISTINCT paper_id, cited_work_id FROM "references"
     WHERE (doi_id = ANY($1::bigint[]) OR work_uuid_id = ANY($1::bigint[]))
       AND arxiv_id IS NULL AND paper_id <> ALL($2::bigint[])`,
    [
      bigintArray(identifiers.moved.map(({ id }) => id)),
      bigintArray(changes.filter(({ hasNewContent }) => hasNewContent).map(({ paperId }) => paperId)),
    ],
  );
  const works = new Set(identifiers.moved.map(({ workId }) => workId));
  for (const row of rows) works.add(BigInt(row.cited_work_id));
  const papers = new Set(rows.map((row) => BigInt(row.paper_id)));
  const moved: ReferenceChange[] = [];
  const updates: Cell[][] = [];
  for (const [paperId, before] of await readReferences(session, papers, works)) {
    const after = before.map((reference) => {
      const identifier = settled(reference, identifiers);
      if (identifier === undefined || identifier.workId === reference.citedWorkId) return reference;
      updates.push([paperId, reference.ordinal, identifier.workId]);
      return { ...reference, citedWorkId: identifier.workId };
    });
    moved.push({ paperId, isMove: true, before, after });
  }
  session.update("references", ["paper_id", "ordinal", "cited_work_id"], updates, ["cited_work_id"]);
  return moved;
}

/** The references of papers, by paper: all, or those to certain works. */
export async function readReferences(
  session: WriteSession,
  paperIds: Iterable<bigint>,
  citedWorks?: Iterable<bigint>,
): Promise<Map<bigint, StoredReference[]>> {
  const byPaper = new Map<bigint, StoredReference[]>();
  for (const paperId of paperIds) byPaper.set(paperId, []);
  if (byPaper.size === 0) return byPaper;
  const ids = bigintArray(byPaper.keys());
  const rows = await session.read<
    Record<"paper_id" | "cited_work_id", string> &
      Record<"arxiv_id" | "doi_id" | "work_uuid_id", string | null> & {
        ordinal: number;
        is_internal_anchor: boolean;
      }
  >(
    `SELECT paper_id, ordinal, arxiv_id, doi_id, work_uuid_id, cited_work_id, is_internal_anchor
     FROM "references"
     WHERE paper_id = ANY($1::bigint[]) ${citedWorks === undefined ? "" : "AND cited_work_id = ANY($2::bigint[])"}
     ORDER BY paper_id, ordinal`,
    citedWorks === undefined ? [ids] : [ids, bigintArray(citedWorks)],
  );
  const optional = (text: string | null) => (text === null ? null : BigInt(text));
  for (const row of rows) {
    const paperId = BigInt(row.paper_id);
    byPaper.get(paperId)?.push({
      paperId,
      ordinal: row.ordinal,
      arxivId: optional(row.arxiv_id),
      doiId: optional(row.doi_id),
      workUuidId: optional(row.work_uuid_id),
      citedWorkId: BigInt(row.cited_work_id),
      isInternalAnchor: row.is_internal_anchor,
    });
  }
  return byPaper;
}

import type pg from "pg";
import { bigintArray, type Cell, insertRows } from "../../store/rows.ts";
import { decidingIdentifier, type IdentifierIds } from "./evidence.ts";
import type { Identifiers } from "./identifiers.ts";
import { type PaperChange, removedReferences, type StoredReference } from "./paper-change.ts";

/** What happened to the references of a paper: between them lie the changes of the graph. */
export type ReferenceChange = {
  readonly paperId: bigint;
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
  client: pg.ClientBase,
  changes: readonly PaperChange[],
  identifiers: Identifiers,
): Promise<ReferenceChange[]> {
  const emptied = removedReferences(changes);
  if (emptied.length > 0) {
    await client.query('DELETE FROM "references" WHERE paper_id = ANY($1::bigint[])', [
      bigintArray(new Set(emptied.map(({ paperId }) => paperId))),
    ]);
  }
  const rows: Cell[][] = [];
  const written: ReferenceChange[] = [];
  for (const { paperId, before, row, references, hasNewContent } of changes) {
    if (!hasNewContent) continue;
    const after = (row === null ? [] : references).map((reference) => {
      const citedWorkId = citedWork(reference, identifiers) ?? reference.ownId;
      const { ordinal, arxivId, doiId, workUuidId, isInternalAnchor } = reference;
      rows.push([
        paperId,
        ordinal,
        reference.refIndex,
        reference.title,
        reference.year,
        reference.doi,
        reference.citedArxivId,
        isInternalAnchor,
        arxivId,
        doiId,
        workUuidId,
        citedWorkId,
      ]);
      return { paperId, ordinal, arxivId, doiId, workUuidId, citedWorkId, isInternalAnchor };
    });
    written.push({ paperId, before: before?.references ?? [], after });
  }
  await insertRows(client, "references", columns, rows);
  return [...written, ...(await moveReferences(client, changes, identifiers))];
}

/** The work that a reference's identifiers lead to; null where it names none. */
function citedWork(reference: IdentifierIds, identifiers: Identifiers): bigint | null {
  const deciding = decidingIdentifier(reference);
  return deciding === null ? null : (identifiers.byId.get(deciding)?.workId ?? deciding);
}

async function moveReferences(
  client: pg.ClientBase,
  changes: readonly PaperChange[],
  identifiers: Identifiers,
): Promise<ReferenceChange[]> {
  if (identifiers.moved.length === 0) return [];
  const { rows: papers } = await client.query<{ paper_id: string }>(
    `SELECT DISTINCT paper_id FROM "references"
     WHERE (doi_id = ANY($1::bigint[]) OR work_uuid_id = ANY($1::bigint[]))
       AND arxiv_id IS NULL AND paper_id <> ALL($2::bigint[])`,
    [
      bigintArray(identifiers.moved.map(({ id }) => id)),
      bigintArray(changes.filter(({ hasNewContent }) => hasNewContent).map(({ paperId }) => paperId)),
    ],
  );
  const stored = await readReferences(
    client,
    papers.map((row) => BigInt(row.paper_id)),
  );
  const moved: ReferenceChange[] = [];
  const updates: Cell[][] = [];
  for (const [paperId, before] of stored) {
    const after = before.map((reference) => {
      const deciding = decidingIdentifier(reference);
      const identifier = deciding === null ? undefined : identifiers.byId.get(deciding);
      if (identifier === undefined || identifier.workId === reference.citedWorkId) return reference;
      updates.push([paperId, reference.ordinal, identifier.workId]);
      return { ...reference, citedWorkId: identifier.workId };
    });
    moved.push({ paperId, before, after });
  }
  if (updates.length > 0) {
    await client.query(
      `UPDATE "references" SET cited_work_id = new.work
       FROM unnest($1::bigint[], $2::int[], $3::bigint[]) AS new (paper, ordinal, work)
       WHERE paper_id = new.paper AND "references".ordinal = new.ordinal`,
      [0, 1, 2].map((column) => `{${updates.map((cells) => cells[column]).join(",")}}`),
    );
  }
  return moved;
}

/** The references of papers, by paper. */
export async function readReferences(
  client: pg.ClientBase,
  paperIds: readonly bigint[],
): Promise<Map<bigint, StoredReference[]>> {
  const byPaper = new Map<bigint, StoredReference[]>(paperIds.map((paperId) => [paperId, []]));
  if (paperIds.length === 0) return byPaper;
  const { rows } = await client.query<
    Record<"paper_id" | "cited_work_id", string> &
      Record<"arxiv_id" | "doi_id" | "work_uuid_id", string | null> & {
        ordinal: number;
        is_internal_anchor: boolean;
      }
  >(
    `SELECT paper_id, ordinal, arxiv_id, doi_id, work_uuid_id, cited_work_id, is_internal_anchor
     FROM "references" WHERE paper_id = ANY($1::bigint[]) ORDER BY paper_id, ordinal`,
    [bigintArray(paperIds)],
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

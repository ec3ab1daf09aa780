import type { Proof } from "../../protocol/index.ts";
import { bigintArray } from "../../store/rows.ts";
import type { BestEvidence } from "./best-evidence.ts";
import {
  type Evidence,
  eachEvidence,
  type Identifier,
  isSameEvidence,
  type NamedIdentifier,
} from "./evidence.ts";
import type { addedReferences, PaperChange, StoredReference } from "./paper-change.ts";
import type { WriteSession } from "./session.ts";

type Removal = {
  readonly stored: ReadonlyMap<bigint, Identifier>;
  readonly named: ReadonlyMap<bigint, NamedIdentifier>;
  readonly removed: readonly StoredReference[];
  readonly added: ReturnType<typeof addedReferences>;
  readonly best: BestEvidence;
};

/**
 * Where evidence that decided is taken back, the next best of the other papers decides; a DOI or work id that
 * nobody names any more goes. Rare: only a paper whose snapshot is replaced takes anything back, and mostly the
 * new one says the same again.
 */
export async function takeBack(
  session: WriteSession,
  changes: readonly PaperChange[],
  { stored, named, removed, added, best }: Removal,
): Promise<Set<bigint>> {
  // The references of these are replaced. Those of a paper whose content stays as it is still count.
  const replaced = changes.filter(({ hasNewContent }) => hasNewContent).map(({ paperId }) => paperId);
  const questioned = questionedBy(changes, { stored, removed, added });
  const unnamed = [...stored.values()].filter(({ id }) => !named.has(id));
  for (const id of questioned) best.forget(id);
  for (const [id, evidence] of await readEvidence(session, questioned, replaced)) best.offer(id, evidence);
  const stillNamed = await findNamed(session, unnamed, replaced);
  return new Set(unnamed.map(({ id }) => id).filter((id) => !stillNamed.has(id)));
}

/** The identifiers whose deciding evidence is taken back, and not given again by the same batch. */
function questionedBy(
  changes: readonly PaperChange[],
  { stored, removed, added }: Pick<Removal, "stored" | "removed" | "added">,
): Set<bigint> {
  const standings = new Map(changes.map(({ paperId, before }) => [paperId, before?.proof]));
  const questioned = new Set<bigint>();
  const decides = (id: bigint, evidence: Evidence) => {
    const target = stored.get(id)?.target ?? null;
    return target !== null && isSameEvidence(target, evidence);
  };
  const question = (id: bigint, evidence: Evidence) => {
    if (decides(id, evidence)) questioned.add(id);
  };
  for (const reference of removed) {
    const standing = standings.get(reference.paperId);
    if (standing !== undefined) eachEvidence(reference, standing, question);
  }
  if (questioned.size === 0) return questioned;
  const confirm = (id: bigint, evidence: Evidence) => {
    if (decides(id, evidence)) questioned.delete(id);
  };
  for (const { reference, standing } of added) eachEvidence(reference, standing, confirm);
  return questioned;
}

/** What the references of all papers but these say about identifiers. */
async function readEvidence(
  session: WriteSession,
  ids: ReadonlySet<bigint>,
  except: readonly bigint[],
): Promise<[identifierId: bigint, evidence: Evidence][]> {
  if (ids.size === 0) return [];
  const rows = await session.read<{
    id: string;
    target_id: string;
    target_kind: Evidence["targetKind"];
    standing: Proof;
  }>(
    `SELECT r.doi_id AS id, r.arxiv_id AS target_id, 'arxiv' AS target_kind, max(p.proof) AS standing
     FROM "references" r JOIN papers p USING (paper_id)
     WHERE r.doi_id = ANY($1::bigint[]) AND r.arxiv_id IS NOT NULL AND r.paper_id <> ALL($2::bigint[])
     GROUP BY r.doi_id, r.arxiv_id
     UNION ALL
     SELECT r.work_uuid_id, coalesce(r.arxiv_id, r.doi_id),
            CASE WHEN r.arxiv_id IS NULL THEN 'doi' ELSE 'arxiv' END, max(p.proof)
     FROM "references" r JOIN papers p USING (paper_id)
     WHERE r.work_uuid_id = ANY($1::bigint[]) AND coalesce(r.arxiv_id, r.doi_id) IS NOT NULL
       AND r.paper_id <> ALL($2::bigint[])
     GROUP BY r.work_uuid_id, r.arxiv_id, r.doi_id`,
    [bigintArray(ids), bigintArray(except)],
  );
  return rows.map((row) => [
    BigInt(row.id),
    { targetId: BigInt(row.target_id), targetKind: row.target_kind, standing: row.standing },
  ]);
}

/** References to works with more citing papers than this are asked for one by one. */
const manyCitingPapers = 1_000;

/**
 * Which of the DOIs and work ids a reference of any paper but these still names. One reference is enough: what leads to
 * a much cited work is asked for by itself, with LIMIT, which spares it the walk through all of them.
 */
async function findNamed(
  session: WriteSession,
  identifiers: readonly Identifier[],
  except: readonly bigint[],
): Promise<Set<bigint>> {
  const named = new Set<bigint>();
  if (identifiers.length === 0) return named;
  const works = bigintArray(new Set(identifiers.map(({ workId }) => workId)));
  const crowded = await session.rowsBeforeByIndex<[workId: string]>(
    `SELECT work_id FROM works
     WHERE work_id = ANY('${works}'::bigint[]) AND citing_paper_count > ${manyCitingPapers}`,
  );
  const crowdedWorks = new Set(crowded.map(([workId]) => BigInt(workId)));
  const alone = identifiers.filter(({ workId }) => crowdedWorks.has(workId));
  const together = identifiers.filter(({ workId }) => !crowdedWorks.has(workId));
  const others = `paper_id <> ALL('${bigintArray(except)}'::bigint[])`;
  for (const column of ["doi_id", "work_uuid_id"]) {
    const note = async (condition: string, most: string) => {
      const rows = await session.rowsBeforeByIndex<[id: string]>(
        `SELECT DISTINCT ${column} FROM "references" WHERE ${condition} AND ${others} ${most}`,
      );
      for (const [id] of rows) named.add(BigInt(id));
    };
    const ids = bigintArray(together.map(({ id }) => id));
    if (together.length > 0) await note(`${column} = ANY('${ids}'::bigint[])`, "");
    for (const { id } of alone) await note(`${column} = ${id}`, "LIMIT 1");
  }
  return named;
}

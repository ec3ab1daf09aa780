import { type Proof, proofRank } from "../../protocol/index.ts";
import { bigintArray } from "../../store/rows.ts";
import type { Target } from "../../store/voices.ts";
import { eachStatement, type Identifier, type IdentifierIds } from "./evidence.ts";
import type { PaperChange } from "./paper-change.ts";
import type { WriteSession } from "./session.ts";
import { type PaperVoice, saysTheSame, Tally } from "./voices.ts";

/** By identifier, what each paper of a batch says of it. */
export type BatchVoices = ReadonlyMap<bigint, readonly PaperVoice[]>;

/** What the papers of a batch say of DOIs and work ids by naming other identifiers beside them. */
export function voicesOf(changes: readonly PaperChange[]): BatchVoices {
  const voices = new Map<bigint, PaperVoice[]>();
  for (const { paperId, row, references, hasNewContent } of changes) {
    if (hasNewContent && row !== null) collect(voices, paperId, row.proof, references);
  }
  return voices;
}

function collect(
  voices: Map<bigint, PaperVoice[]>,
  paperId: bigint,
  standing: Proof,
  references: readonly IdentifierIds[],
): void {
  const note = (id: bigint, target: Target | null) => {
    let list = voices.get(id);
    if (list === undefined) {
      list = [];
      voices.set(id, list);
    }
    let voice = list.at(-1);
    if (voice?.paperId !== paperId) {
      voice = { paperId, standing, targets: new Map(), isCounted: false };
      list.push(voice);
    }
    if (target !== null) voice.targets.set(target.targetId, target);
  };
  for (const reference of references) eachStatement(reference, note);
}

/**
 * The identifiers of which replaced references said something that counted and is not said again by the same paper, with
 * the best standing in which it was said. What a paper says as before is marked as counted. Rare: only a paper whose snapshot is replaced takes anything back,
 * and mostly the new one says the same.
 */
export function questionedBy(changes: readonly PaperChange[], voices: BatchVoices): Map<bigint, Proof> {
  const questioned = new Map<bigint, Proof>();
  for (const { paperId, before, hasNewContent } of changes) {
    if (before === null || !hasNewContent) continue;
    const said = new Map<bigint, PaperVoice[]>();
    collect(said, paperId, before.proof, before.references);
    for (const [id, [old]] of said) {
      const again = voices.get(id)?.find((voice) => voice.paperId === paperId);
      if (again !== undefined && old !== undefined && saysTheSame(old, again)) again.isCounted = true;
      else questioned.set(id, betterOf(questioned.get(id) ?? "hash", before.proof));
    }
  }
  return questioned;
}

function betterOf(a: Proof, b: Proof): Proof {
  return proofRank(a) < proofRank(b) ? b : a;
}

/** What the references of all papers but these say of identifiers. No entry where none names one. */
export async function countVoices(
  session: WriteSession,
  ids: readonly bigint[],
  except: readonly bigint[],
): Promise<Map<bigint, Tally>> {
  const tallies = new Map<bigint, Tally>();
  if (ids.length === 0) return tallies;
  // A paper names an identifier alone where none of its references names another beside it.
  const countOf = (identifier: string, target: string, kind: string) =>
    `SELECT id, target_id, target_kind, standing, count(*)::int AS papers
     FROM (
       SELECT DISTINCT r.${identifier} AS id, r.paper_id, p.proof AS standing, ${target} AS target_id,
         ${kind} AS target_kind, count(${target}) OVER (PARTITION BY r.${identifier}, r.paper_id) AS targets
       FROM "references" r JOIN papers p USING (paper_id)
       WHERE r.${identifier} = ANY($1::bigint[]) AND r.paper_id <> ALL($2::bigint[])
     ) AS said
     WHERE target_id IS NOT NULL OR targets = 0
     GROUP BY id, target_id, target_kind, standing`;
  const rows = await session.read<{
    id: string;
    target_id: string | null;
    target_kind: Target["targetKind"];
    standing: Proof;
    papers: number;
  }>(
    `${countOf("doi_id", "r.arxiv_id", "'arxiv'")} UNION ALL
     ${countOf("work_uuid_id", "coalesce(r.arxiv_id, r.doi_id)", "CASE WHEN r.arxiv_id IS NULL THEN 'doi' ELSE 'arxiv' END")}`,
    [bigintArray(ids), bigintArray(except)],
  );
  for (const { id, target_id: target, target_kind: targetKind, standing, papers } of rows) {
    const tally = tallies.get(BigInt(id)) ?? new Tally();
    tallies.set(BigInt(id), tally);
    tally.add(standing, target === null ? null : { targetId: BigInt(target), targetKind }, papers);
  }
  return tallies;
}

/** References to works with more citing papers than this are asked for one by one. */
const manyCitingPapers = 1_000;

/**
 * Which of the DOIs and work ids a reference of any paper but these still names. One reference is enough: what leads to
 * a much cited work is asked for by itself, with LIMIT, which spares it the walk through all of them.
 */
export async function findNamed(
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

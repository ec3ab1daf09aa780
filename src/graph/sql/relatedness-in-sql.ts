import type { CitationDirection } from "../adjacency.ts";
import type { Answer, Input } from "../question.ts";
import type { Relatedness } from "../questions/index.ts";
import { compareIds, groupBy, type SqlCounts, type SqlRows } from "./sql-rows.ts";

/** questions/relatedness.ts in SQL, in two steps. */
export async function relatedWorksInSql(
  rows: SqlRows,
  { work, by, first, shared: mostShared }: Input<"relatedWorks">,
): Promise<Answer<"relatedWorks">> {
  const [there, back] = directions(by);
  const own = (await rows.edges([work], there)).map(({ to }) => to);
  const edges = (await rows.edges(own, back)).filter(({ to }) => to !== work);
  const sharedWith = new Map([...groupBy(edges, ({ to }) => to)].filter(() => rows.meter.vertex()));
  const counts = await rows.counts([...sharedWith.keys(), ...own, work]);
  // At least the number of shared works: a rebuild may commit between the statements that read edges and counts.
  const degree = (workId: bigint) =>
    Math.max(degreeOf(counts.get(workId), by), sharedWith.get(workId)?.length ?? own.length);
  const found = [...sharedWith].map(([workId, shared]) => ({
    workId,
    // The square of the score without its constant factor, as in memory.
    rank: (shared.length * shared.length) / degree(workId),
    sharedCount: shared.length,
    score: shared.length / Math.sqrt(degree(work) * degree(workId)),
  }));
  found.sort((a, b) => b.rank - a.rank || compareIds(a.workId, b.workId));
  const citedBy = (workId: bigint) => counts.get(workId)?.citedBy ?? 0;
  return {
    related: found.slice(0, first).map(({ workId, sharedCount, score }) => ({
      workId,
      score,
      sharedCount,
      shared: (sharedWith.get(workId) ?? [])
        .map(({ from }) => from)
        .sort((a, b) => citedBy(b) - citedBy(a) || compareIds(a, b))
        .slice(0, mostShared),
    })),
    truncated: rows.meter.isShort,
  };
}

function directions(by: Relatedness): readonly [CitationDirection, CitationDirection] {
  return by === "BIBLIOGRAPHIC_COUPLING" ? ["REFERENCES", "CITED_BY"] : ["CITED_BY", "REFERENCES"];
}

function degreeOf(counts: SqlCounts | undefined, by: Relatedness): number {
  return (by === "BIBLIOGRAPHIC_COUPLING" ? counts?.references : counts?.citedBy) ?? 0;
}

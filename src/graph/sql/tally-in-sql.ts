import type { CitationDirection } from "../adjacency.ts";
import type { Answer, CountedAnswer, Input } from "../question.ts";
import type { SqlRows } from "./sql-rows.ts";
import { compareIds, groupBy } from "./sql-rows.ts";

/** questions/reachable.ts, level by level in SQL. */
export async function reachableInSql(
  rows: SqlRows,
  { roots, direction, maxDepth }: Input<"reachable">,
): Promise<Answer<"reachable">> {
  const { meter } = rows;
  const held = await rows.counts(roots);
  const reached = new Set<bigint>();
  let level: bigint[] = [];
  const reach = (work: bigint): boolean => {
    if (reached.has(work)) return true;
    if (!meter.vertex()) return false;
    reached.add(work);
    level.push(work);
    return true;
  };
  for (const root of held.keys()) if (!reach(root)) break;
  const counts: number[] = [];
  while (level.length > 0) {
    counts.push(level.length);
    if (counts.length > maxDepth || meter.isShort) break;
    const edges = await rows.edges(level, direction);
    level = [];
    for (const { to } of edges) if (!reach(to)) break;
  }
  return { counts, truncated: meter.isShort };
}

type TallyOptions = {
  readonly works: readonly bigint[];
  readonly direction: CitationDirection;
  readonly least: number;
  readonly first: number;
  /** Whether the given works are excluded. */
  readonly isOutside: boolean;
};

/** questions/tally.ts in SQL: for each neighbour, how many of the given works it neighbours. */
export async function tallyInSql(
  rows: SqlRows,
  { works, direction, least, first, isOutside }: TallyOptions,
): Promise<CountedAnswer> {
  const given = new Set(works);
  const edges = await rows.edges([...given], direction);
  const found = [...groupBy(edges, ({ to }) => to)]
    .filter(([work, sources]) => sources.length >= least && !(isOutside && given.has(work)))
    .filter(() => rows.meter.vertex())
    .map(([workId, sources]) => ({ workId, count: sources.length }));
  const counts = await rows.counts(found.map(({ workId }) => workId));
  const citedBy = (workId: bigint) => counts.get(workId)?.citedBy ?? 0;
  found.sort(
    (a, b) => b.count - a.count || citedBy(b.workId) - citedBy(a.workId) || compareIds(a.workId, b.workId),
  );
  return { works: found.slice(0, first), truncated: rows.meter.isShort };
}

import type pg from "pg";
import type { CitationDirection } from "./adjacency.ts";
import type { Budget } from "./budget.ts";
import type { AtPosition } from "./memory-graph.ts";
import {
  type CountedWorksResult,
  type GraphQueryInput,
  type GraphQueryName,
  type GraphQueryResult,
  GraphUnavailableError,
} from "./queries.ts";
import type { Relatedness } from "./relatedness.ts";

import { compareIds, groupBy, type SqlCounts, type SqlRows, withSqlRows } from "./sql-rows.ts";
import { neighbourhoodInSql, pathInSql } from "./sql-traversal.ts";
import type { TopWorksAnswer, TopWorksInput } from "./top-works.ts";

type SqlRunners = {
  readonly [Name in GraphQueryName]: (
    rows: SqlRows,
    input: GraphQueryInput<Name>,
  ) => Promise<GraphQueryResult<Name>>;
};

const runners: SqlRunners = {
  neighbourhood: neighbourhoodInSql,
  path: pathInSql,
  reachable: reachableInSql,
  relatedWorks: relatedWorksInSql,
  commonReferences: (rows, input) =>
    countNeighboursInSql(rows, { ...input, direction: "REFERENCES", isOutside: false }),
  priorWorks: (rows, input) =>
    countNeighboursInSql(rows, { ...input, direction: "REFERENCES", least: 1, isOutside: true }),
  derivativeWorks: (rows, input) =>
    countNeighboursInSql(rows, { ...input, direction: "CITED_BY", least: 1, isOutside: true }),
};

/**
 * Answers a question from the tables, at the position of one snapshot; each level of a search is one statement. Equals
 * the answer from memory unless a budget cuts it: SQL does not define which rows come first.
 */
export function querySql<Name extends GraphQueryName>(
  pool: pg.Pool,
  name: Name,
  input: GraphQueryInput<Name>,
  budget: Budget,
): Promise<AtPosition<GraphQueryResult<Name>>> {
  return withSqlRows(pool, budget, (rows) => runners[name](rows, input));
}

/** The tables store citation counts; all other rankings need the graph in memory: GraphUnavailableError. */
export async function topWorksInSql(
  pool: pg.Pool,
  { by, first, among, within, anchorsOnly }: TopWorksInput,
  budget: Budget,
): Promise<AtPosition<TopWorksAnswer>> {
  if (by !== "CITED_BY_COUNT" || within !== undefined || anchorsOnly) {
    throw new GraphUnavailableError("This needs the citation graph in memory, but it is not loaded.");
  }
  return withSqlRows(pool, budget, async (rows) => {
    const works = await rows.mostCited(first, among);
    return {
      works: works.map(([workId, score]) => ({ workId, score })),
      truncated: rows.meter.isBudgetExhausted,
    };
  });
}

/** `relatedWorks` in SQL, in two steps. */
async function relatedWorksInSql(
  rows: SqlRows,
  { work, by, first, shared: maxShared }: GraphQueryInput<"relatedWorks">,
): Promise<GraphQueryResult<"relatedWorks">> {
  const [forward, backward] = directions(by);
  const own = (await rows.edges([work], forward)).map(({ to }) => to);
  const edges = (await rows.edges(own, backward)).filter(({ to }) => to !== work);
  const sharedWith = new Map([...groupBy(edges, ({ to }) => to)].filter(() => rows.meter.countVertex()));
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
        .slice(0, maxShared),
    })),
    truncated: rows.meter.isBudgetExhausted,
  };
}

function directions(by: Relatedness): readonly [CitationDirection, CitationDirection] {
  return by === "BIBLIOGRAPHIC_COUPLING" ? ["REFERENCES", "CITED_BY"] : ["CITED_BY", "REFERENCES"];
}

function degreeOf(counts: SqlCounts | undefined, by: Relatedness): number {
  return (by === "BIBLIOGRAPHIC_COUPLING" ? counts?.references : counts?.citedBy) ?? 0;
}

/** `reachable`, level by level in SQL. */
async function reachableInSql(
  rows: SqlRows,
  { roots, direction, maxDepth }: GraphQueryInput<"reachable">,
): Promise<GraphQueryResult<"reachable">> {
  const { meter } = rows;
  const stored = await rows.counts(roots);
  const reached = new Set<bigint>();
  let level: bigint[] = [];
  const reach = (work: bigint): boolean => {
    if (reached.has(work)) return true;
    if (!meter.countVertex()) return false;
    reached.add(work);
    level.push(work);
    return true;
  };
  for (const root of stored.keys()) if (!reach(root)) break;
  const counts: number[] = [];
  while (level.length > 0) {
    counts.push(level.length);
    if (counts.length > maxDepth || meter.isBudgetExhausted) break;
    const edges = await rows.edges(level, direction);
    level = [];
    for (const { to } of edges) if (!reach(to)) break;
  }
  return { counts, truncated: meter.isBudgetExhausted };
}

type CountNeighboursOptions = {
  readonly works: readonly bigint[];
  readonly direction: CitationDirection;
  readonly least: number;
  readonly first: number;
  /** Whether the given works are excluded. */
  readonly isOutside: boolean;
};

/** `countNeighbours` in SQL: for each neighbour, the number of given works it neighbours. */
async function countNeighboursInSql(
  rows: SqlRows,
  { works, direction, least, first, isOutside }: CountNeighboursOptions,
): Promise<CountedWorksResult> {
  const workSet = new Set(works);
  const edges = await rows.edges([...workSet], direction);
  const found = [...groupBy(edges, ({ to }) => to)]
    .filter(([work, sources]) => sources.length >= least && !(isOutside && workSet.has(work)))
    .filter(() => rows.meter.countVertex())
    .map(([workId, sources]) => ({ workId, count: sources.length }));
  const counts = await rows.counts(found.map(({ workId }) => workId));
  const citedBy = (workId: bigint) => counts.get(workId)?.citedBy ?? 0;
  found.sort(
    (a, b) => b.count - a.count || citedBy(b.workId) - citedBy(a.workId) || compareIds(a.workId, b.workId),
  );
  return { works: found.slice(0, first), truncated: rows.meter.isBudgetExhausted };
}

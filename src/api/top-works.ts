import {
  and,
  asc,
  desc,
  getTableColumns,
  gte,
  inArray,
  isNotNull,
  isNull,
  lte,
  type SQL,
  sql,
} from "drizzle-orm";
import { bigintArray, papers, type Queries, works } from "../store/index.ts";
import { graphLimits, readInRange } from "./argument-limits.ts";
import { builder } from "./builder.ts";
import type { Context } from "./context.ts";
import { firstArgument, type GraphList, graphListObject, selectedWorks, withWorks } from "./graph-result.ts";
import { type SelectedWorks, type WorkRow, workColumns } from "./loaders/index.ts";
import { WorkObject } from "./objects.ts";
import { categoriesCondition } from "./paper-filter.ts";

const WorkFilterInput = builder.inputType("WorkFilter", {
  description: "Selects works that meet all conditions. An absent or null condition matches everything.",
  fields: (t) => ({
    yearFrom: t.int({ description: "`year` is this year or later. Works of unknown year do not match." }),
    yearTo: t.int({ description: "`year` is this year or earlier. Works of unknown year do not match." }),
    categories: t.stringList({
      description:
        "The primary category or a cross category of the work's `paper` is any of these. An empty list matches nothing.",
    }),
    stored: t.boolean({ description: "Whether a paper of the work is stored." }),
  }),
});

type WorkFilter = typeof WorkFilterInput.$inferInput;

/** A filter's condition on `works`; undefined if it matches everything. */
function workFilterCondition(
  db: Queries,
  { yearFrom, yearTo, categories, stored }: WorkFilter,
): SQL | undefined {
  const onPaper = categoriesCondition(categories);
  return and(
    typeof yearFrom === "number" ? gte(works.year, yearFrom) : undefined,
    typeof yearTo === "number" ? lte(works.year, yearTo) : undefined,
    onPaper === undefined
      ? undefined
      : inArray(works.paperId, db.select({ paperId: papers.paperId }).from(papers).where(onPaper)),
    typeof stored === "boolean" ? (stored ? isNotNull(works.paperId) : isNull(works.paperId)) : undefined,
  );
}

type RankedWork = { readonly work: WorkRow; readonly rank: number; readonly score: number };
export type RankedWorks = GraphList<RankedWork>;

const WorkRankEnum = builder.enumType("WorkRank", {
  description: "The measure by which works are ranked.",
  values: {
    CITED_BY_COUNT: { description: "The number of works that cite it: `Work.citedByCount`." },
    PAGERANK: {
      description:
        "PageRank over the whole citation graph with a damping factor of 0.85: citations from highly ranked works count more. " +
        "Needs the citation graph in memory.",
    },
  } as const,
});

const RankedWorkObject = builder.objectRef<RankedWork>("RankedWork").implement({
  description: "A work and its rank.",
  fields: (t) => ({
    work: t.field({
      type: WorkObject,
      description: "The ranked work.",
      resolve: ({ work }) => work,
    }),
    rank: t.exposeInt("rank", {
      description: "The position among the works that match the filter, starting at 1.",
    }),
    score: t.exposeFloat("score", {
      description:
        "The value of the measure: a number of works, or a PageRank. The PageRanks of all ranked works sum to 1.",
    }),
  }),
});

export const RankedWorksObject = graphListObject("RankedWorks", RankedWorkObject, {
  list: "Works in the order of a measure.",
  nodes: "The works, highest `score` first; ties have the same order on every mirror.",
});

builder.queryField("topWorks", (t) =>
  t.field({
    type: RankedWorksObject,
    description:
      "Ranks works. The filter selects which works are listed; scores are computed over all works.",
    args: {
      by: t.arg({ type: WorkRankEnum, required: true, description: "The measure." }),
      filter: t.arg({ type: WorkFilterInput, description: "Defaults to all works." }),
      ...firstArgument(graphLimits.ranked[1]),
    },
    resolve: (_root, { by, filter, first }, context, info) => {
      readInRange("first", first, graphLimits.ranked);
      const condition = workFilterCondition(context.database.db, filter ?? {});
      return by === "CITED_BY_COUNT"
        ? mostCited(first, condition, context)
        : byPageRank(first, condition, selectedWorks(info, [["nodes", "work"]]), context);
    },
  }),
);

/** From the tables, which have an index on the counts. */
async function mostCited(
  first: number,
  condition: SQL | undefined,
  { database: { db }, loaders }: Context,
): Promise<RankedWorks> {
  const rows = await loaders.batches.trackExpensive(async () =>
    db
      .select({ ...getTableColumns(works), graphVersion: graphPosition.value })
      .from(works)
      .crossJoin(graphPosition.table)
      .where(condition)
      .orderBy(desc(works.citedByCount), asc(works.workId))
      .limit(first),
  );
  const nodes = rows.map(({ graphVersion: _version, ...work }, index) => {
    loaders.work.add(work.workId, work, workColumns.all);
    return { work, rank: index + 1, score: work.citedByCount };
  });
  const graphVersion = rows[0]?.graphVersion ?? (await emptyListVersion(loaders));
  return { nodes, truncated: false, graphVersion };
}

/** The version of an empty list, which has no row to carry it. */
export async function emptyListVersion({ total }: Context["loaders"]): Promise<string> {
  return String(await total.load("graph_position"));
}

/**
 * The graph's position in a statement's snapshot: a one-row subquery to join, which a server with Citus runs first and
 * distributes.
 */
export const graphPosition = {
  table: sql`(SELECT coalesce(max(value), 0)::text AS value FROM totals WHERE name = 'graph_position') AS graph_position`,
  value: sql<string>`graph_position.value`,
};

async function byPageRank(
  first: number,
  condition: SQL | undefined,
  selected: SelectedWorks,
  context: Context,
): Promise<RankedWorks> {
  const { graph, loaders } = context;
  const rank = (among?: BigUint64Array, count = first) =>
    graph.analyze((service, budget) =>
      service.topWorks({ by: "PAGERANK", first: count, ...(among && { among }) }, budget),
    );
  let answer = await rank(undefined, condition === undefined ? first : graphLimits.ranked[1]);
  let found = answer.works;
  if (condition !== undefined) {
    const best = await matchingWorkIds(
      and(condition, sql`${works.workId} = ANY(${bigintArray(found.map(({ workId }) => workId))}::bigint[])`),
      context,
    );
    const matching = found.filter(({ workId }) => best.has(workId));
    // Usually enough of the best match the filter; otherwise all works that match are ranked.
    if (matching.length >= first || found.length < graphLimits.ranked[1]) found = matching.slice(0, first);
    else {
      answer = await rank(BigUint64Array.from(await matchingWorkIds(condition, context)));
      found = answer.works;
    }
  }
  const ranked = await withWorks(found, selected, answer, loaders);
  const { truncated, graphVersion } = answer;
  return { nodes: ranked.map((node, index) => ({ ...node, rank: index + 1 })), truncated, graphVersion };
}

/** Rows read at a time: the event loop continues in between. */
const idPageSize = 20_000;

/** The ids of all works that match a condition. */
export async function matchingWorkIds(
  condition: SQL | undefined,
  { database: { db }, loaders }: Context,
): Promise<Set<bigint>> {
  const ids = new Set<bigint>();
  for (let after = -1n, isLast = false; !isLast; ) {
    const rows = await loaders.batches.trackExpensive(async () =>
      db
        .select({ workId: works.workId })
        .from(works)
        .where(and(condition, sql`${works.workId} > ${after}::bigint`))
        .orderBy(asc(works.workId))
        .limit(idPageSize),
    );
    for (const { workId } of rows) ids.add(workId);
    after = rows.at(-1)?.workId ?? after;
    isLast = rows.length < idPageSize;
  }
  return ids;
}

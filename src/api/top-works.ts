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
import type { Queries } from "../store/database.ts";
import { papers, works } from "../store/tables/index.ts";
import { builder } from "./builder.ts";
import type { Context } from "./context.ts";
import { aboutList, type GraphAnswer, GraphAnswerInterface, worksOf } from "./graph-works.ts";
import { graphLimits, inWords, readWithin } from "./limits/graph.ts";
import type { WorkRow } from "./loaders/papers.ts";
import { WorkObject } from "./objects.ts";
import { categoriesCondition } from "./paper-filter.ts";

export const WorkFilterInput = builder.inputType("WorkFilter", {
  description: "Which works; what is given must all hold. What is absent or null asks nothing.",
  fields: (t) => ({
    yearFrom: t.int({ description: "`year` is this one or later. A work whose year nobody told fits none." }),
    yearTo: t.int({ description: "`year` is this one or earlier. A work whose year nobody told fits none." }),
    categories: t.stringList({
      description:
        "Any of these is the primary category, or among the others, of the work's `paper`: so only of works of which one is " +
        "held. An empty list fits none.",
    }),
    held: t.boolean({ description: "Whether a paper of it is held." }),
  }),
});

export type WorkFilter = typeof WorkFilterInput.$inferInput;

/** The condition on `works` that a filter asks for; undefined where it asks nothing. */
export function workCondition(
  db: Queries,
  { yearFrom, yearTo, categories, held }: WorkFilter,
): SQL | undefined {
  const ofPaper = categoriesCondition(categories);
  return and(
    typeof yearFrom === "number" ? gte(works.year, yearFrom) : undefined,
    typeof yearTo === "number" ? lte(works.year, yearTo) : undefined,
    ofPaper === undefined
      ? undefined
      : inArray(works.paperId, db.select({ paperId: papers.paperId }).from(papers).where(ofPaper)),
    typeof held === "boolean" ? (held ? isNotNull(works.paperId) : isNull(works.paperId)) : undefined,
  );
}

export type RankedWork = GraphAnswer & {
  readonly work: WorkRow;
  readonly rank: number;
  readonly score: number;
};

const WorkRankEnum = builder.enumType("WorkRank", {
  description: "What works are ranked by.",
  values: {
    CITED_BY_COUNT: { description: "How many works cite it: `Work.citedByCount`." },
    PAGERANK: {
      description:
        "PageRank over the whole citation graph with a damping of 0.85: a citation counts more where it comes from a work that is " +
        "itself cited. Needs the graph in memory: else GRAPH_UNAVAILABLE.",
    },
  } as const,
});

export const RankedWorkObject = builder.objectRef<RankedWork>("RankedWork");

RankedWorkObject.implement({
  description: "A work's place in an order.",
  interfaces: [GraphAnswerInterface],
  fields: (t) => ({
    work: t.field({
      type: WorkObject,
      description: "The work, whether a paper of it is held or not.",
      resolve: ({ work }) => work,
    }),
    rank: t.exposeInt("rank", { description: "Its place among those that fit the filter, from 1." }),
    score: t.exposeFloat("score", {
      description:
        "What it is ranked by: a number of works, or its PageRank; the PageRanks of all works sum to 1.",
    }),
  }),
});

builder.queryField("topWorks", (t) =>
  t.field({
    type: [RankedWorkObject],
    description:
      "The works that rank first; equals by an internal number, the same on every mirror. A filter says which are listed: they " +
      "rank by the citations of all.",
    args: {
      by: t.arg({ type: WorkRankEnum, required: true, description: "What they are ranked by." }),
      filter: t.arg({ type: WorkFilterInput, description: "Which works; all unless told." }),
      first: t.arg.int({
        required: true,
        defaultValue: 20,
        description: `How many: ${inWords(graphLimits.ranked)}.`,
      }),
    },
    resolve: (_root, { by, filter, first }, context) => {
      readWithin("first", first, graphLimits.ranked);
      const condition = workCondition(context.database.db, filter ?? {});
      return by === "CITED_BY_COUNT"
        ? mostCited(first, condition, context)
        : byPageRank(first, condition, context);
    },
  }),
);

/** From the tables, where the counts are kept in an index. */
async function mostCited(
  first: number,
  condition: SQL | undefined,
  { database: { db }, loaders }: Context,
): Promise<RankedWork[]> {
  const rows = await loaders.batches.trackExpensive(async () =>
    db
      .select({ ...getTableColumns(works), graphVersion: graphPosition.value })
      .from(works)
      .crossJoin(graphPosition.table)
      .where(condition)
      .orderBy(desc(works.citedByCount), asc(works.workId))
      .limit(first),
  );
  return rows.map(({ graphVersion, ...work }, index) => {
    loaders.work.prime(work.workId, work);
    return { work, rank: index + 1, score: work.citedByCount, truncated: false, graphVersion };
  });
}

/**
 * The graph's position in the snapshot of a statement: a table of one row that it joins, so that a server with Citus reads
 * it first, where it lies, and sends it along.
 */
export const graphPosition = {
  table: sql`(SELECT coalesce(max(value), 0)::text AS value FROM totals WHERE name = 'graph_position') AS graph_position`,
  value: sql<string>`graph_position.value`,
};

async function byPageRank(
  first: number,
  condition: SQL | undefined,
  context: Context,
): Promise<RankedWork[]> {
  const { graph, loaders } = context;
  const ranked = (among?: BigUint64Array, most = first) =>
    graph.analyse((service, budget) =>
      service.topWorks({ by: "PAGERANK", first: most, ...(among && { among }) }, budget),
    );
  let answer = await ranked(undefined, condition === undefined ? first : graphLimits.ranked[1]);
  let found = answer.works;
  if (condition !== undefined) {
    const best = await idsOf(and(condition, sql`${works.workId} = ANY(${idList(found)}::bigint[])`), context);
    const listed = found.filter(({ workId }) => best.has(workId));
    // Most filters leave enough of the best; else they are looked for among all that fit.
    if (listed.length >= first || found.length < graphLimits.ranked[1]) found = listed.slice(0, first);
    else {
      answer = await ranked(BigUint64Array.from(await idsOf(condition, context)));
      found = answer.works;
    }
  }
  const about = aboutList(answer, found, first);
  const rows = await worksOf(
    found.map(({ workId }) => workId),
    loaders,
  );
  const held = found.flatMap(({ score }, index) => {
    const work = rows[index] ?? null;
    return work === null ? [] : [{ work, score }];
  });
  return held.map(({ work, score }, index) => ({ ...about, work, rank: index + 1, score }));
}

function idList(found: readonly { readonly workId: bigint }[]): string {
  return `{${found.map(({ workId }) => workId).join(",")}}`;
}

/** Rows read at a time: the event loop goes on between. */
const page = 20_000;

/** The works that fit a condition, all of them. */
export async function idsOf(
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
        .limit(page),
    );
    for (const { workId } of rows) ids.add(workId);
    after = rows.at(-1)?.workId ?? after;
    isLast = rows.length < page;
  }
  return ids;
}

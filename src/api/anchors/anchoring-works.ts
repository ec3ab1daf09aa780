import { type SQL, sql } from "drizzle-orm";
import { citations, papers, works } from "../../store/tables/index.ts";
import { builder } from "../builder.ts";
import type { Context } from "../context.ts";
import { aboutList } from "../graph-answer.ts";
import { worksOf } from "../graph-works.ts";
import { keptAnswer } from "../kept-answers.ts";
import { graphLimits, inWords, readWithin } from "../limits/graph.ts";
import { type PaperFilter, PaperFilterInput, paperCondition } from "../paper-filter.ts";
import { graphPosition, idsOf, type RankedWork, RankedWorkObject } from "../top-works.ts";

const AnchorRankEnum = builder.enumType("AnchorRank", {
  description: "What works are ranked by, as anchors of a field.",
  values: {
    ANCHORED_WORKS: {
      description:
        "How many works of the field are anchored in it, whether it is of the field itself or not.",
    },
    PAGERANK: {
      description:
        "PageRank with a damping of 0.85 within the field, along internal anchors alone: only works of the field are ranked, by " +
        "the anchors among them. Needs the graph in memory: else GRAPH_UNAVAILABLE.",
    },
  } as const,
});

builder.queryField("anchoringWorks", (t) =>
  t.field({
    type: [RankedWorkObject],
    description:
      "The works that anchor a field: that its papers cite by references which the registry says it resolved to papers of its " +
      "own. Such a mark is the word of the citing paper's signer: `Reference.provenance` tells whose. Equals stand by an internal " +
      "number, the same on every mirror.",
    args: {
      filter: t.arg({
        type: PaperFilterInput,
        description:
          "The field: the papers that are anchored. By category and years most often; all unless told.",
      }),
      by: t.arg({
        type: AnchorRankEnum,
        required: true,
        defaultValue: "ANCHORED_WORKS",
        description: "What they are ranked by.",
      }),
      first: t.arg.int({
        required: true,
        defaultValue: 20,
        description: `How many: ${inWords(graphLimits.ranked)}.`,
      }),
    },
    resolve: async (_root, { filter, by, first }, context) => {
      readWithin("first", first, graphLimits.ranked);
      const condition = paperCondition(context.database.db, filter ?? {});
      return by === "PAGERANK"
        ? byPageRank(first, condition, context)
        : byAnchoredWorks(first, filter ?? {}, condition, context);
    },
  }),
);

type Counted = { readonly workId: string; readonly count: number; readonly graphVersion: string };

async function byAnchoredWorks(
  first: number,
  filter: PaperFilter,
  condition: SQL | undefined,
  context: Context,
): Promise<RankedWork[]> {
  const { database, loaders } = context;
  const counted = await keptAnswer("anchoringWorks", { filter, first }, context, async () => {
    const { rows } = await loaders.batches.trackExpensive(() =>
      database.db.execute<Counted>(
        sql`SELECT ${citations.citedWorkId}::text AS "workId", count(*)::int AS count, ${graphPosition.value} AS "graphVersion"
            FROM ${citations} CROSS JOIN ${graphPosition.table}
            WHERE ${citations.isInternalAnchor}
              AND ${citations.citingWorkId} IN (SELECT ${papers.workId} FROM ${papers} WHERE ${condition ?? sql`true`})
            GROUP BY ${citations.citedWorkId}, ${graphPosition.value} ORDER BY count(*) DESC, ${citations.citedWorkId} LIMIT ${first}`,
      ),
    );
    return rows;
  });
  const rows = await worksOf(
    counted.map(({ workId }) => BigInt(workId)),
    loaders,
  );
  return counted.flatMap(({ count, graphVersion }, index) => {
    const work = rows[index] ?? null;
    return work === null ? [] : [{ work, rank: index + 1, score: count, truncated: false, graphVersion }];
  });
}

async function byPageRank(
  first: number,
  condition: SQL | undefined,
  context: Context,
): Promise<RankedWork[]> {
  const within =
    condition === undefined
      ? undefined
      : BigUint64Array.from(
          await idsOf(
            sql`${works.workId} IN (SELECT ${papers.workId} FROM ${papers} WHERE ${condition})`,
            context,
          ),
        );
  const answer = await context.graph.analyse((service, budget) =>
    service.topWorks({ by: "PAGERANK", anchorsOnly: true, first, within }, budget),
  );
  const about = aboutList(answer, answer.works, first);
  const rows = await worksOf(
    answer.works.map(({ workId }) => workId),
    context.loaders,
  );
  return answer.works.flatMap(({ score }, index) => {
    const work = rows[index] ?? null;
    return work === null ? [] : [{ ...about, work, rank: index + 1, score }];
  });
}

import { type SQL, sql } from "drizzle-orm";
import { citations, papers, works } from "../../store/tables/index.ts";
import { builder } from "../builder.ts";
import type { Context } from "../context.ts";
import { worksOf } from "../graph-works.ts";
import { keptAnswer } from "../kept-answers.ts";
import { graphLimits, readWithin } from "../limits/graph.ts";
import { type PaperFilter, PaperFilterInput, paperCondition } from "../paper-filter.ts";
import { emptyListVersion, graphPosition, idsOf, type RankedWorks, RankedWorksObject } from "../top-works.ts";

const AnchorMetricEnum = builder.enumType("AnchorMetric", {
  description: "The measure by which the anchors of a field are ranked.",
  values: {
    ANCHORED_WORKS: {
      description:
        "The number of works of the field with an internal anchor to it. The anchor itself may lie outside the field.",
    },
    PAGERANK: {
      description:
        "PageRank with a damping factor of 0.85 over the internal anchors between works of the field. Works outside the field are " +
        "not ranked. Needs the citation graph in memory.",
    },
  } as const,
});

builder.queryField("topAnchors", (t) =>
  t.field({
    type: RankedWorksObject,
    description:
      "Ranks the anchors of a field: the works that the field's papers cite through internal anchors " +
      "(`Reference.isInternalAnchor`).",
    args: {
      filter: t.arg({
        type: PaperFilterInput,
        description: "The field: the citing papers, usually by category and years. Defaults to all papers.",
      }),
      by: t.arg({
        type: AnchorMetricEnum,
        required: true,
        defaultValue: "ANCHORED_WORKS",
        description: "The measure.",
      }),
      first: t.arg.int({
        required: true,
        defaultValue: 20,
        description: `The number of works. Defaults to 20; maximum ${graphLimits.ranked[1]}.`,
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
): Promise<RankedWorks> {
  const { database, loaders } = context;
  const counted = await keptAnswer("topAnchors", { filter, first }, context, async () => {
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
  const nodes = counted.flatMap(({ count }, index) => {
    const work = rows[index] ?? null;
    return work === null ? [] : [{ work, rank: index + 1, score: count }];
  });
  const graphVersion = counted[0]?.graphVersion ?? (await emptyListVersion(loaders));
  return { nodes, truncated: false, graphVersion };
}

async function byPageRank(first: number, condition: SQL | undefined, context: Context): Promise<RankedWorks> {
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
  const rows = await worksOf(
    answer.works.map(({ workId }) => workId),
    context.loaders,
  );
  const nodes = answer.works.flatMap(({ score }, index) => {
    const work = rows[index] ?? null;
    return work === null ? [] : [{ work, rank: index + 1, score }];
  });
  const { truncated, graphVersion } = answer;
  return { nodes, truncated, graphVersion };
}

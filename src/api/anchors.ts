import { and, eq, inArray, isNotNull, type SQL, sql } from "drizzle-orm";
import { anchorChainInSql } from "../graph/index.ts";
import { claims, papers, references, works } from "../store/index.ts";
import { graphLimits, readInRange } from "./argument-limits.ts";
import { builder } from "./builder.ts";
import { claimsConnection } from "./claim.ts";
import type { Context } from "./context.ts";
import { ApiError } from "./errors.ts";
import {
  firstArgument,
  type GraphResult,
  GraphResultInterface,
  withWorks,
  workIdByRef,
  workRefForms,
  workRows,
} from "./graph-result.ts";
import { type ColumnSet, kindCondition, paperColumns, type WorkRow } from "./loaders/index.ts";
import { ClaimConnection, pageArguments, WorkObject } from "./objects.ts";
import { type PaperFilter, PaperFilterInput, paperCondition } from "./paper-filter.ts";
import { ClaimKindEnum } from "./scalars-and-enums.ts";
import { selectedColumns } from "./selected-columns.ts";
import {
  emptyListVersion,
  graphPosition,
  matchingWorkIds,
  type RankedWorks,
  RankedWorksObject,
} from "./top-works.ts";

builder.queryField("anchorClaims", (t) =>
  t.field({
    type: ClaimConnection,
    description:
      "Lists the claims of a paper's anchors: of the stored papers that the paper cites through internal anchors. The order is that " +
      "of `claims`.",
    args: {
      ref: t.arg.string({
        required: true,
        description: "The citing paper, in any form that `Query.paper` accepts.",
      }),
      kinds: t.arg({
        type: [ClaimKindEnum],
        description: "Only claims of these kinds. Defaults to all kinds; an empty list matches nothing.",
      }),
      ...pageArguments,
    },
    resolve: async (_root, { ref, kinds, ...page }, context, info) => {
      const { database, loaders } = context;
      const paper = await loaders.paperByRef(ref, paperColumns.key);
      if (paper === null) {
        throw new ApiError("NOT_FOUND", `No stored paper matches ${JSON.stringify(ref)}.`);
      }
      const { db } = database;
      const cited = db
        .select({ workId: references.citedWorkId })
        .from(references)
        .where(and(eq(references.paperId, paper.paperId), references.isInternalAnchor));
      // Nested queries instead of joins: a server with Citus reads each table where it is stored.
      const anchors = db
        .select({ paperId: sql`${works.paperId}` })
        .from(works)
        .where(and(inArray(works.workId, cited), isNotNull(works.paperId)));
      const condition = and(inArray(claims.paperId, anchors), kindCondition(kinds ?? null));
      return claimsConnection(condition, page, context, info);
    },
  }),
);

type AnchorChain = GraphResult & { readonly works: readonly WorkRow[] };

const AnchorChainObject = builder.objectRef<AnchorChain>("AnchorChain").implement({
  description: "A chain of works, each citing the next one through an internal anchor.",
  interfaces: [GraphResultInterface],
  fields: (t) => ({
    works: t.field({
      type: [WorkObject],
      description: "The works from `from` to the last anchor. Only `from` if it has no internal anchor.",
      resolve: ({ works }) => works,
    }),
    length: t.int({
      description: "The number of internal anchors along the chain: one less than the number of works.",
      resolve: ({ works }) => works.length - 1,
    }),
  }),
});

builder.queryField("anchorChain", (t) =>
  t.field({
    type: AnchorChainObject,
    nullable: true,
    description:
      "Finds the longest chain of internal anchors from a work back in time: each paper was submitted before the one that cites " +
      "it. A chain ends at a work without a stored paper; among equally long chains every mirror returns the same one.",
    args: {
      from: t.arg.string({ required: true, description: `The first work, ${workRefForms}.` }),
      to: t.arg.string({
        description: `The last work, ${workRefForms}. Defaults to any work; the result is null if no chain leads there.`,
      }),
    },
    resolve: async (_root, { from, to }, context, info) => {
      const { graph, database, loaders } = context;
      const begin = await workIdByRef(from, context);
      const end = typeof to === "string" ? await workIdByRef(to, context) : null;
      const answer = await graph.query((_service, budget) =>
        anchorChainInSql(database.pool, { from: begin, to: end }, budget),
      );
      const { workIds, truncated, graphVersion } = answer;
      if (workIds === null) {
        if (!truncated) return null;
        throw new ApiError("QUERY_TOO_COMPLEX", "The time budget ran out before a chain was found.");
      }
      const works = (await workRows(workIds, selectedColumns(info, "Work", [["works"]]), loaders)).filter(
        (work) => work !== null,
      );
      return { works, truncated, graphVersion };
    },
  }),
);

const AnchorMetricEnum = builder.enumType("AnchorMetric", {
  description: "The measure by which the anchors of a field are ranked.",
  values: {
    ANCHORED_WORKS: {
      description:
        "The number of works of the field with an internal anchor to it. The anchor itself may lie outside the field.",
    },
    PAGERANK: {
      description:
        "PageRank with a damping factor of 0.85 over the internal anchors between works of the field; no other works are ranked. " +
        "Needs the citation graph in memory.",
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
      ...firstArgument(graphLimits.ranked[1]),
    },
    resolve: async (_root, { filter, by, first }, context, info) => {
      readInRange("first", first, graphLimits.ranked);
      const condition = paperCondition(context.database.db, filter ?? {});
      const columns = selectedColumns(info, "Work", [["nodes", "work"]]);
      return by === "PAGERANK"
        ? byPageRank(first, condition, columns, context)
        : byAnchoredWorks(first, filter ?? {}, condition, columns, context);
    },
  }),
);

type CountedAnchor = { readonly workId: string; readonly count: number; readonly graphVersion: string };

async function byAnchoredWorks(
  first: number,
  filter: PaperFilter,
  condition: SQL | undefined,
  columns: ColumnSet<WorkRow>,
  context: Context,
): Promise<RankedWorks> {
  const { database, loaders } = context;
  const counted = await loaders.batches.cached(`topAnchors ${JSON.stringify([filter, first])}`, async () => {
    const { rows } = await loaders.batches.trackExpensive(() =>
      database.db.execute<CountedAnchor>(
        sql`SELECT ${references.citedWorkId}::text AS "workId", count(DISTINCT ${papers.workId})::int AS count, ${graphPosition.value} AS "graphVersion"
            FROM ${references} JOIN ${papers} ON ${papers.paperId} = ${references.paperId} CROSS JOIN ${graphPosition.table}
            WHERE ${references.isInternalAnchor}
              AND ${papers.workId} IN (SELECT ${papers.workId} FROM ${papers} WHERE ${condition ?? sql`true`})
            GROUP BY ${references.citedWorkId}, ${graphPosition.value} ORDER BY count DESC, ${references.citedWorkId} LIMIT ${first}`,
      ),
    );
    return rows;
  });
  const ranked = counted.map(({ workId, count }, index) => ({
    workId: BigInt(workId),
    rank: index + 1,
    score: count,
  }));
  const nodes = await withWorks(ranked, columns, loaders);
  const graphVersion = counted[0]?.graphVersion ?? (await emptyListVersion(loaders));
  return { nodes, truncated: false, graphVersion };
}

async function byPageRank(
  first: number,
  condition: SQL | undefined,
  columns: ColumnSet<WorkRow>,
  context: Context,
): Promise<RankedWorks> {
  const within =
    condition === undefined
      ? undefined
      : BigUint64Array.from(
          await matchingWorkIds(
            sql`${works.workId} IN (SELECT ${papers.workId} FROM ${papers} WHERE ${condition})`,
            context,
          ),
        );
  const answer = await context.graph.analyze((service, budget) =>
    service.topWorks({ by: "PAGERANK", anchorsOnly: true, first, within }, budget),
  );
  const ranked = answer.works.map((work, index) => ({ ...work, rank: index + 1 }));
  const nodes = await withWorks(ranked, columns, context.loaders);
  const { truncated, graphVersion } = answer;
  return { nodes, truncated, graphVersion };
}

type AnchorGroup = "YEAR" | "PRIMARY_CATEGORY";

type AnchorStat = {
  readonly group: string;
  readonly papers: number;
  readonly papersAsserting: number;
  readonly referencesAsserted: number;
  readonly referencesListed: number;
  readonly internalAnchorsAsserted: number;
  readonly internalAnchorsListed: number;
  readonly internalAnchorsStored: number;
};

const AnchorGroupEnum = builder.enumType("AnchorGroup", {
  description: "The property by which papers are grouped.",
  values: {
    YEAR: { description: "The year of submission (UTC), such as `2023`." },
    PRIMARY_CATEGORY: { description: "The primary category, such as `cs.LG`; `unknown` if there is none." },
  } as const,
});

const AnchorStatObject = builder.objectRef<AnchorStat>("AnchorStat").implement({
  description:
    "The outgoing references and internal anchors (`Reference.isInternalAnchor`) of a group of papers. Signers assert numbers for " +
    "whole reference lists, but may list only some of the references.",
  fields: (t) => ({
    group: t.exposeString("group", { description: "The year or the category." }),
    papers: t.exposeInt("papers", { description: "The number of stored papers." }),
    papersAsserting: t.exposeInt("papersAsserting", {
      description:
        "The number of papers whose signer asserts a number of internal anchors. The others do not contribute to " +
        "`internalAnchorsAsserted`.",
    }),
    referencesAsserted: t.int({
      description: "The number of references that signers assert, over the papers with such a number.",
      resolve: ({ referencesAsserted }) => intSum("referencesAsserted", referencesAsserted),
    }),
    referencesListed: t.int({
      description: "The number of references listed in the current snapshots.",
      resolve: ({ referencesListed }) => intSum("referencesListed", referencesListed),
    }),
    internalAnchorsAsserted: t.int({
      description: "The number of internal anchors that signers assert, over the papers with such a number.",
      resolve: ({ internalAnchorsAsserted }) => intSum("internalAnchorsAsserted", internalAnchorsAsserted),
    }),
    internalAnchorsListed: t.int({
      description: "The number of listed references that are internal anchors.",
      resolve: ({ internalAnchorsListed }) => intSum("internalAnchorsListed", internalAnchorsListed),
    }),
    internalAnchorsStored: t.int({
      description: "The number of listed internal anchors whose cited work has a stored paper.",
      resolve: ({ internalAnchorsStored }) => intSum("internalAnchorsStored", internalAnchorsStored),
    }),
    anchorRate: t.float({
      nullable: true,
      description: "`internalAnchorsListed` / `referencesListed`. Returns null if no references are listed.",
      resolve: ({ internalAnchorsListed, referencesListed }) =>
        referencesListed === 0 ? null : internalAnchorsListed / referencesListed,
    }),
  }),
});

const maxInt = 2 ** 31 - 1;

/** A sum as an Int. Throws OUT_OF_RANGE beyond 2^31 - 1 instead of returning another number. */
function intSum(field: string, sum: number): number {
  if (sum <= maxInt) return sum;
  throw new ApiError(
    "OUT_OF_RANGE",
    `\`${field}\` is ${sum}, more than an Int can represent (${maxInt}). Use a filter that selects fewer papers.`,
  );
}

builder.queryField("anchorStats", (t) =>
  t.field({
    type: [AnchorStatObject],
    description: "Counts references and internal anchors by group, in the order of the group names.",
    args: {
      groupBy: t.arg({
        type: AnchorGroupEnum,
        required: true,
        description: "The property to group papers by.",
      }),
      filter: t.arg({ type: PaperFilterInput, description: "The citing papers. Defaults to all papers." }),
    },
    // Cached: counting reads all internal anchors, and pages that show the result query it repeatedly.
    resolve: (_root, { groupBy, filter }, context) =>
      context.loaders.batches.cached(`anchorStats ${JSON.stringify([groupBy, filter])}`, () =>
        anchorStats(groupBy, filter ?? {}, context),
      ),
  }),
);

const groupOf: Record<AnchorGroup, SQL> = {
  YEAR: sql`to_char(${papers.submittedAt} AT TIME ZONE 'UTC', 'YYYY')`,
  PRIMARY_CATEGORY: sql`coalesce(${papers.primaryCategory}, 'unknown')`,
};

function sumOf(column: SQL | typeof papers.referencesKnown): SQL {
  return sql`coalesce(sum(${column}), 0)::float8`;
}

async function anchorStats(
  groupBy: AnchorGroup,
  filter: PaperFilter,
  { database: { db }, loaders }: Context,
): Promise<AnchorStat[]> {
  const condition = paperCondition(db, filter) ?? sql`true`;
  const group = groupOf[groupBy];
  // Whether a cited work is stored changes with other papers, so it is looked up; the rest is in the paper's row.
  const { rows } = await loaders.batches.trackExpensive(() =>
    db.execute<AnchorStat>(
      sql`WITH counted AS (
            SELECT ${group} AS "group", count(*)::int AS papers,
              count(${papers.internalAnchorsAsserted})::int AS "papersAsserting",
              ${sumOf(sql`${papers.referencesAsserted}`)} AS "referencesAsserted",
              ${sumOf(papers.referencesKnown)} AS "referencesListed",
              ${sumOf(sql`${papers.internalAnchorsAsserted}`)} AS "internalAnchorsAsserted",
              ${sumOf(sql`${papers.internalAnchorsKnown}`)} AS "internalAnchorsListed"
            FROM ${papers} WHERE ${condition} GROUP BY 1
          ), stored AS (
            SELECT ${group} AS "group", count(*)::float8 AS stored
            FROM ${papers} JOIN ${references} ON ${references.paperId} = ${papers.paperId} AND ${references.isInternalAnchor}
            WHERE ${condition}
              AND ${references.citedWorkId} IN (SELECT ${works.workId} FROM ${works} WHERE ${works.paperId} IS NOT NULL)
            GROUP BY 1
          )
          SELECT counted.*, coalesce(stored.stored, 0) AS "internalAnchorsStored"
          FROM counted LEFT JOIN stored USING ("group") ORDER BY counted."group" COLLATE "C"`,
    ),
  );
  return rows;
}

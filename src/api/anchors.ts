import { and, eq, inArray, isNotNull, type SQL, sql } from "drizzle-orm";
import { anchorChainInSql } from "../graph/index.ts";
import { citations, claims, papers, references, works } from "../store/tables/index.ts";
import { builder } from "./builder.ts";
import { claimsConnection } from "./claims.ts";
import { ClaimConnection, pageArguments } from "./connections/schema.ts";
import type { Context } from "./context.ts";
import { ApiError } from "./errors.ts";
import {
  aboutList,
  type GraphAnswer,
  GraphAnswerInterface,
  refsInWords,
  workIdByRef,
  worksOf,
} from "./graph-works.ts";
import { graphLimits, inWords, readWithin } from "./limits/graph.ts";
import { ofKinds } from "./loaders/claims.ts";
import type { WorkRow } from "./loaders/papers.ts";
import { WorkObject } from "./objects.ts";
import { type PaperFilter, PaperFilterInput, paperCondition } from "./paper-filter.ts";
import { ClaimKindEnum } from "./scalars-and-enums.ts";
import { graphPosition, idsOf, type RankedWork, RankedWorkObject } from "./top-works.ts";

builder.queryField("anchorClaims", (t) =>
  t.field({
    type: ClaimConnection,
    description:
      "The claims of the papers that anchor a paper: of those held of the works that it cites by references marked as internal " +
      "anchors. Each with its own provenance. In the order of `claims`.",
    args: {
      ref: t.arg.string({
        required: true,
        description: "The paper that is anchored: as for `paper`; NOT_FOUND where none is held.",
      }),
      kinds: t.arg({
        type: [ClaimKindEnum],
        description: "Only claims of these kinds; an empty list fits none.",
      }),
      ...pageArguments,
    },
    resolve: async (_root, { ref, kinds, ...page }, context) => {
      const { database, loaders } = context;
      const paper = await loaders.paperByRef.load(ref);
      if (paper === null) {
        throw new ApiError("NOT_FOUND", `This mirror holds no paper ${JSON.stringify(ref)}.`);
      }
      const { db } = database;
      const cited = db
        .select({ workId: references.citedWorkId })
        .from(references)
        .where(and(eq(references.paperId, paper.paperId), references.isInternalAnchor));
      // One in the other, not joined: a server with Citus reads each where it lies.
      const anchors = db
        .select({ paperId: sql`${works.paperId}` })
        .from(works)
        .where(and(inArray(works.workId, cited), isNotNull(works.paperId)));
      const condition = and(inArray(claims.paperId, anchors), ofKinds(kinds ?? null));
      return claimsConnection(condition, page, context);
    },
  }),
);

type AnchorChain = GraphAnswer & { readonly works: readonly WorkRow[] };

const AnchorChainObject = builder.objectRef<AnchorChain>("AnchorChain");

AnchorChainObject.implement({
  description: "A chain of works, each anchored in the next, which is of an earlier time.",
  interfaces: [GraphAnswerInterface],
  fields: (t) => ({
    works: t.field({
      type: [WorkObject],
      description: "From the work that was asked about to the last; that work alone where it has no anchor.",
      resolve: ({ works }) => works,
    }),
    length: t.int({
      description: "Its steps: one less than its works.",
      resolve: ({ works }) => works.length - 1,
    }),
  }),
});

builder.queryField("anchorChain", (t) =>
  t.field({
    type: AnchorChainObject,
    nullable: true,
    description:
      "The longest chain of internal anchors from a work back in time: each next work is one that the work before cites by a " +
      "reference marked as an internal anchor, and its paper was submitted earlier, or none of it is held: there a chain ends. " +
      "Of equally long chains the first by an internal number, the same on every mirror.",
    args: {
      from: t.arg.string({ required: true, description: `Where it begins. ${refsInWords}` }),
      to: t.arg.string({
        description: `Where it is to end; null where no chain leads there. Anywhere unless told. ${refsInWords}`,
      }),
    },
    resolve: async (_root, { from, to }, context) => {
      const { graph, database, loaders } = context;
      const begin = await workIdByRef(from, context);
      const end = typeof to === "string" ? await workIdByRef(to, context) : null;
      const answer = await graph.ask((_service, budget) =>
        anchorChainInSql(database.pool, { from: begin, to: end }, budget),
      );
      const { workIds, truncated, graphVersion } = answer;
      if (workIds === null) {
        if (!truncated) return null;
        throw new ApiError("QUERY_TOO_COMPLEX", "The question used up its budget before it found a chain.");
      }
      const works = (await worksOf(workIds, loaders)).filter((work) => work !== null);
      return { works, truncated, graphVersion };
    },
  }),
);

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
  const counted = await loaders.batches.cached(
    `anchoringWorks ${JSON.stringify([filter, first])}`,
    async () => {
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
    },
  );
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

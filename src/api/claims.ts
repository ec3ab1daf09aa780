import { and, asc, desc, eq, exists, inArray, type SQL, sql } from "drizzle-orm";
import { readRows } from "../store/prepared-rows.ts";
import { claims, papers } from "../store/tables/index.ts";
import { builder } from "./builder.ts";
import { ClaimConnection } from "./connection-objects.ts";
import { KeysetConnection, maximumPageSize, type PageArguments } from "./connections.ts";
import type { Context } from "./context.ts";
import { countRows } from "./count-rows.ts";
import type { Key, KeyOrder } from "./cursor.ts";
import { ClaimKindEnum, ProofEnum } from "./enums.ts";
import { badUserInput } from "./errors.ts";
import { type ClaimRow, ofKinds } from "./loaders/claims.ts";
import { pageArguments } from "./page-arguments.ts";
import { categoriesCondition, proofCondition } from "./paper-filter.ts";
import { readQuery } from "./search/query-words.ts";
import { claimHas } from "./search/text-search.ts";

const ClaimFilterInput = builder.inputType("ClaimFilter", {
  description:
    "Selects claims. Conditions are combined with AND. An absent or null condition matches everything.",
  fields: (t) => ({
    kinds: t.field({
      type: [ClaimKindEnum],
      description: "The claim has any of these kinds. An empty list matches nothing.",
    }),
    text: t.string({
      description: "The claim contains these words, in the syntax of `search`. Results are not ranked.",
    }),
    papers: t.stringList({
      description:
        `The claim belongs to any of these papers, in any form that \`Query.paper\` accepts; maximum ${maximumPageSize}. ` +
        "An empty list matches nothing.",
    }),
    categories: t.stringList({
      description:
        "The primary category or a cross category of the paper is any of these. An empty list matches nothing.",
    }),
    proof: t.field({
      type: ProofEnum,
      description: "The `verification.proof` of the paper equals this value.",
    }),
  }),
});

type ClaimFilter = typeof ClaimFilterInput.$inferInput;

builder.queryField("claims", (t) =>
  t.field({
    type: ClaimConnection,
    description:
      "Lists claims, grouped by paper and in the order of its snapshot. The order of papers is arbitrary, but the same on every " +
      "mirror.",
    args: {
      filter: t.arg({ type: ClaimFilterInput, description: "Defaults to all claims." }),
      ...pageArguments,
    },
    resolve: async (_root, { filter, ...page }, context) =>
      claimsConnection(await claimCondition(filter ?? {}, context), page, context),
  }),
);

async function claimCondition(filter: ClaimFilter, context: Context): Promise<SQL | undefined> {
  const { kinds, text, papers: refs, categories, proof } = filter;
  const { db } = context.database;
  const ofPaper = and(categoriesCondition(categories), proofCondition(proof));
  return and(
    ofKinds(kinds ?? null),
    text === null || text === undefined ? undefined : textCondition(text),
    refs === null || refs === undefined
      ? undefined
      : inArray(claims.paperId, await paperIdsOf(refs, context)),
    ofPaper === undefined
      ? undefined
      : exists(
          db
            .select({ one: sql`1` })
            .from(papers)
            .where(and(eq(papers.paperId, claims.paperId), ofPaper)),
        ),
  );
}

function textCondition(text: string): SQL {
  const words = readQuery("filter.text", text);
  return words === null ? sql`false` : claimHas(words);
}

async function paperIdsOf(refs: readonly string[], { loaders }: Context): Promise<bigint[]> {
  if (refs.length > maximumPageSize) {
    throw badUserInput(`\`filter.papers\` may name at most ${maximumPageSize} papers, not ${refs.length}.`);
  }
  const found = await Promise.all(refs.map((ref) => loaders.paperByRef.load(ref)));
  return found.flatMap((paper) => (paper === null ? [] : [paper.paperId]));
}

const order: KeyOrder = { name: "all_claims", parts: ["bigint", "integer"] };

/** The claims that fit a condition, paper by paper. */
export function claimsConnection(
  condition: SQL | undefined,
  page: PageArguments,
  { database: { db, pool }, loaders }: Context,
): KeysetConnection<ClaimRow, ClaimRow> {
  const beside = ([paperId, ordinal]: Key, operator: "<" | "<=" | ">" | ">="): SQL =>
    sql`(${claims.paperId}, ${claims.ordinal}) ${sql.raw(operator)} (${paperId}::bigint, ${ordinal}::int)`;
  const read = async (where: SQL | undefined, reverse: boolean, limit: number): Promise<ClaimRow[]> => {
    const direction = reverse ? desc : asc;
    const page = db
      .select()
      .from(claims)
      .where(and(condition, where))
      .orderBy(direction(claims.paperId), direction(claims.ordinal))
      .limit(limit);
    return loaders.batches.trackExpensive(() => readRows(pool, page));
  };
  return new KeysetConnection<ClaimRow, ClaimRow>(
    {
      order,
      keyOf: ({ paperId, ordinal }) => [String(paperId), String(ordinal)],
      nodeOf: (row) => row,
      rows: ({ after, before, reverse, limit }) =>
        read(
          and(
            after === null ? undefined : beside(after, ">"),
            before === null ? undefined : beside(before, "<"),
          ),
          reverse,
          limit,
        ),
      anyFrom: async (key, side) =>
        (await read(beside(key, side === "before" ? "<=" : ">="), side === "before", 1)).length > 0,
      count: async () => {
        if (condition === undefined) return loaders.total.load("claims");
        return loaders.batches.trackExpensive(() => countRows(db, claims, condition));
      },
    },
    page,
  );
}

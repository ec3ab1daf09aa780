import { and, asc, desc, eq, exists, inArray, type SQL, sql } from "drizzle-orm";
import type { GraphQLResolveInfo } from "graphql";
import { isPithNumber } from "../protocol/index.ts";
import { paperIdOf } from "../row-rules/index.ts";
import { claims, papers, readRows } from "../store/index.ts";
import { maxPageSize } from "./argument-limits.ts";
import { builder } from "./builder.ts";
import type { Context } from "./context.ts";
import { badUserInput } from "./errors.ts";
import { countRows, type Key, type KeyOrder, KeysetConnection, type PageArguments } from "./keyset.ts";
import {
  type ClaimKindOrOther,
  type ClaimRow,
  claimColumns,
  claimKinds,
  kindCondition,
  paperColumns,
  required,
  selection,
} from "./loaders/index.ts";
import { ClaimConnection, ClaimObject, PaperObject, ProvenanceObject, pageArguments } from "./objects.ts";

import { categoriesCondition, proofCondition } from "./paper-filter.ts";
import { provenanceOf } from "./provenance.ts";
import { ClaimKindEnum, ProofEnum } from "./scalars-and-enums.ts";
import { ofConnection, reads, selectedColumns } from "./selected-columns.ts";
import { claimTextCondition, readQuery } from "./text-search.ts";

builder.node(ClaimObject, {
  description: "A claim of a paper, as listed in the paper's current snapshot.",
  id: {
    description: "The global id, derived from the Pith number and the position in the list.",
    resolve: claimKeyOf,
  },
  loadMany: (ids, { loaders }) =>
    Promise.all(
      ids.map(async (id) => {
        const [, pithNumber, ordinal] = /^([^#]*)#(0|[1-9]\d{0,8})$/.exec(id) ?? [];
        if (!isPithNumber(pithNumber)) return null;
        return loaders.claim.load({ paperId: paperIdOf(pithNumber), ordinal: Number(ordinal) });
      }),
    ),
  fields: (t) => ({
    claimId: t.exposeString("claimId", { description: "The claim's id within its paper, such as `C1`." }),
    kind: t.field({
      type: ClaimKindEnum,
      description: "The claim's role in the paper.",
      resolve: reads(
        ["kind"],
        ({ kind }): ClaimKindOrOther => claimKinds.find((named) => named === kind) ?? "other",
      ),
    }),
    text: t.exposeString("text", { description: "The text of the claim." }),
    status: t.exposeString("status", {
      description: "How the claim was obtained, such as `machine_extracted`.",
    }),
    attestation: t.exposeString("attestation", {
      description: "Whether an author has confirmed the claim, such as `unclaimed`.",
    }),
    source: t.exposeString("source", {
      nullable: true,
      description:
        "The part of the snapshot that the claim was taken from, such as `verdict.strongest_claim`. Returns null if unknown.",
    }),
    paper: t.field({
      type: PaperObject,
      description: "The paper that makes the claim.",
      resolve: reads(["paperId"], ({ paperId }, _args, { loaders }, info) =>
        required(loaders.paper.referred(selectedColumns(info, "Paper")).get(paperId), "paper"),
      ),
    }),
    provenance: t.field({
      type: ProvenanceObject,
      description: "Who asserts that the paper makes this claim.",
      resolve: reads(["paperId"], ({ paperId }, _args, context) => provenanceOf(paperId, context)),
    }),
  }),
});

const pithNumberOfPaper = paperColumns.of("pithNumber");

/** The key encoded in a claim's global id. */
export async function claimKeyOf(
  { paperId, ordinal }: Pick<ClaimRow, "paperId" | "ordinal">,
  _args: object,
  { loaders }: Context,
): Promise<string> {
  const { pithNumber } = await required(loaders.paper.for(pithNumberOfPaper).get(paperId), "paper");
  return `${pithNumber}#${ordinal}`;
}

const ClaimFilterInput = builder.inputType("ClaimFilter", {
  description: "Selects claims that meet all conditions. An absent or null condition matches everything.",
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
        `The claim belongs to any of these papers, in any form that \`Query.paper\` accepts; maximum ${maxPageSize}. ` +
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
    resolve: async (_root, { filter, ...page }, context, info) =>
      claimsConnection(await filterCondition(filter ?? {}, context), page, context, info, {
        isByWords: typeof filter?.text === "string",
      }),
  }),
);

async function filterCondition(filter: ClaimFilter, context: Context): Promise<SQL | undefined> {
  const { kinds, text, papers: refs, categories, proof } = filter;
  const { db } = context.database;
  const onPaper = and(categoriesCondition(categories), proofCondition(proof));
  return and(
    kindCondition(kinds ?? null),
    text === null || text === undefined ? undefined : textCondition(text),
    refs === null || refs === undefined
      ? undefined
      : inArray(claims.paperId, await paperIdsOf(refs, context)),
    onPaper === undefined
      ? undefined
      : exists(
          db
            .select({ one: sql`1` })
            .from(papers)
            .where(and(eq(papers.paperId, claims.paperId), onPaper)),
        ),
  );
}

function textCondition(text: string): SQL {
  const words = readQuery("filter.text", text);
  return words === null ? sql`false` : claimTextCondition(words);
}

async function paperIdsOf(refs: readonly string[], { loaders }: Context): Promise<bigint[]> {
  if (refs.length > maxPageSize) {
    throw badUserInput(`\`filter.papers\` may name at most ${maxPageSize} papers, not ${refs.length}.`);
  }
  const found = await Promise.all(refs.map((ref) => loaders.paperByRef(ref, paperColumns.key)));
  return found.flatMap((paper) => (paper === null ? [] : [paper.paperId]));
}

/**
 * The shares of all papers among which a page of matching claims is looked for first. A word may be in a tenth of all
 * claims: the index of words has them in no order, so without a bound all of them would be read and sorted for one page.
 */
const firstShares = [1 / 256, 1 / 16];

/** Ids of papers are hashes: evenly distributed over 63 bits. */
const maxPaperId = 2n ** 63n - 1n;

/** The condition that a paper is within a share of all papers after a key, or before it in reverse. */
function idBound(from: Key | null, reverse: boolean, share: number): SQL {
  const width = BigInt(Math.floor(2 ** 63 * share));
  const start = from === null ? (reverse ? maxPaperId : 0n) : BigInt(from[0] ?? 0);
  const end = reverse ? start - width : start + width;
  const bound = end < 0n ? 0n : end > maxPaperId ? maxPaperId : end;
  return sql`${claims.paperId} ${sql.raw(reverse ? ">=" : "<=")} ${bound.toString()}::bigint`;
}

const claimOrder: KeyOrder = { name: "all_claims", parts: ["bigint", "integer"] };

/** The claims that match a condition, ordered by paper. `isByWords` if the index of words finds them. */
export function claimsConnection(
  condition: SQL | undefined,
  page: PageArguments,
  { database: { db, pool }, loaders }: Context,
  info: GraphQLResolveInfo,
  { isByWords } = { isByWords: false },
): KeysetConnection<ClaimRow, ClaimRow> {
  const columns = claimColumns.read(selectedColumns(info, "Claim", ofConnection));
  const compare = (sign: "<" | ">", [paperId, ordinal]: Key, isInclusive: boolean): SQL =>
    sql`(${claims.paperId}, ${claims.ordinal}) ${sql.raw(isInclusive ? `${sign}=` : sign)} (${paperId}::bigint, ${ordinal}::int)`;
  return new KeysetConnection<ClaimRow, ClaimRow>(
    {
      order: claimOrder,
      keyOf: ({ paperId, ordinal }) => [String(paperId), String(ordinal)],
      nodeOf: (row) => row,
      rows: ({ after, before, isInclusive, reverse, limit }) => {
        const direction = reverse ? desc : asc;
        const read = async (bound: SQL | undefined): Promise<ClaimRow[]> => {
          const rows = db
            .select(selection(claims, columns))
            .from(claims)
            .where(
              and(
                condition,
                after === null ? undefined : compare(">", after, isInclusive),
                before === null ? undefined : compare("<", before, isInclusive),
                bound,
              ),
            )
            .orderBy(direction(claims.paperId), direction(claims.ordinal))
            .limit(limit);
          return (await readRows(pool, rows)) as unknown as ClaimRow[];
        };
        return loaders.batches.trackExpensive(async () => {
          if (!isByWords) return read(undefined);
          for (const share of firstShares) {
            const found = await read(idBound(reverse ? before : after, reverse, share));
            if (found.length === limit) return found;
          }
          return read(undefined);
        });
      },
      count: async () => {
        if (condition === undefined) return loaders.total.load("claims");
        return loaders.batches.trackExpensive(() => countRows(db, claims, condition));
      },
    },
    page,
  );
}

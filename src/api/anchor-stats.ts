import { type SQL, sql } from "drizzle-orm";
import { papers, references, works } from "../store/index.ts";
import { builder } from "./builder.ts";
import type { Context } from "./context.ts";
import { ApiError } from "./errors.ts";
import { type PaperFilter, PaperFilterInput, paperCondition } from "./paper-filter.ts";

const groups = ["YEAR", "PRIMARY_CATEGORY"] as const;
type AnchorGroup = (typeof groups)[number];

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

const AnchorStatObject = builder.objectRef<AnchorStat>("AnchorStat");

AnchorStatObject.implement({
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

function sum(column: SQL | typeof papers.referencesKnown): SQL {
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
              ${sum(sql`${papers.referencesAsserted}`)} AS "referencesAsserted",
              ${sum(papers.referencesKnown)} AS "referencesListed",
              ${sum(sql`${papers.internalAnchorsAsserted}`)} AS "internalAnchorsAsserted",
              ${sum(sql`${papers.internalAnchorsKnown}`)} AS "internalAnchorsListed"
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

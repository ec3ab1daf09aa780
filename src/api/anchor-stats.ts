import { type SQL, sql } from "drizzle-orm";
import { papers, references, works } from "../store/tables/index.ts";
import { builder } from "./builder.ts";
import type { Context } from "./context.ts";
import { type PaperFilter, PaperFilterInput, paperCondition } from "./paper-filter.ts";

const groups = ["YEAR", "PRIMARY_CATEGORY"] as const;
type AnchorGroup = (typeof groups)[number];

type AnchorStat = {
  readonly group: string;
  readonly papers: number;
  readonly papersAsserting: number;
  readonly referencesAsserted: number;
  readonly referencesKnown: number;
  readonly internalAnchorsAsserted: number;
  readonly internalAnchorsKnown: number;
  readonly internalAnchorsHeld: number;
};

const AnchorGroupEnum = builder.enumType("AnchorGroup", {
  description: "What papers are grouped by.",
  values: {
    YEAR: { description: "The year in which the paper was submitted (UTC): `2023`." },
    PRIMARY_CATEGORY: { description: "The primary category: `cs.LG`; `unknown` where none is known." },
  } as const,
});

const AnchorStatObject = builder.objectRef<AnchorStat>("AnchorStat");

AnchorStatObject.implement({
  description:
    "References and internal anchors of a group of papers. An internal anchor is a reference that the registry says it " +
    "resolved to a paper of its own. What it asserts, what it lists, and what this mirror holds are three numbers: it " +
    "publishes samples of long lists.",
  fields: (t) => ({
    group: t.exposeString("group", { description: "The year or the category." }),
    papers: t.exposeInt("papers", { description: "Papers held of the group." }),
    papersAsserting: t.exposeInt("papersAsserting", {
      description:
        "Of these, how many come with a count of their internal anchors. The others add nothing to `internalAnchorsAsserted`: " +
        "how many they have is not known.",
    }),
    referencesAsserted: t.exposeInt("referencesAsserted", {
      description: "References that the registry counts, over the papers of which it says so.",
    }),
    referencesKnown: t.exposeInt("referencesKnown", { description: "References that are listed here." }),
    internalAnchorsAsserted: t.exposeInt("internalAnchorsAsserted", {
      description: "Internal anchors that the registry counts, over the papers of which it says so.",
    }),
    internalAnchorsKnown: t.exposeInt("internalAnchorsKnown", {
      description: "Listed references that are marked as internal anchors.",
    }),
    internalAnchorsHeld: t.exposeInt("internalAnchorsHeld", {
      description: "Of those, how many cite a work of which this mirror holds a paper.",
    }),
    anchorRate: t.float({
      nullable: true,
      description:
        "`internalAnchorsKnown` of `referencesKnown`, from 0 to 1: both are of references that are listed here. Null where " +
        "none is.",
      resolve: ({ internalAnchorsKnown, referencesKnown }) =>
        referencesKnown === 0 ? null : internalAnchorsKnown / referencesKnown,
    }),
  }),
});

builder.queryField("anchorStats", (t) =>
  t.field({
    type: [AnchorStatObject],
    description:
      "How the papers held are anchored in others: references and internal anchors by group, in the order of the groups' names. " +
      "Counted when first asked after something was taken in, so exact. Sums beyond 2^31 - 1 are given as that.",
    args: {
      groupBy: t.arg({ type: AnchorGroupEnum, required: true, description: "By what." }),
      filter: t.arg({ type: PaperFilterInput, description: "Over which papers; all unless told." }),
    },
    // Counting looks at all internal anchors, and who shows them asks again and again.
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
  return sql`least(coalesce(sum(${column}), 0), 2147483647)::int`;
}

async function anchorStats(
  groupBy: AnchorGroup,
  filter: PaperFilter,
  { database: { db }, loaders }: Context,
): Promise<AnchorStat[]> {
  const condition = paperCondition(db, filter) ?? sql`true`;
  const group = groupOf[groupBy];
  // What is held changes with other papers than the one that cites, so it is looked up; the rest stands in the row.
  const { rows } = await loaders.batches.trackExpensive(() =>
    db.execute<AnchorStat>(
      sql`WITH counted AS (
            SELECT ${group} AS "group", count(*)::int AS papers,
              count(${papers.internalAnchorsAsserted})::int AS "papersAsserting",
              ${sum(sql`${papers.referencesAsserted}`)} AS "referencesAsserted",
              ${sum(papers.referencesKnown)} AS "referencesKnown",
              ${sum(sql`${papers.internalAnchorsAsserted}`)} AS "internalAnchorsAsserted",
              ${sum(sql`${papers.internalAnchorsKnown}`)} AS "internalAnchorsKnown"
            FROM ${papers} WHERE ${condition} GROUP BY 1
          ), held AS (
            SELECT ${group} AS "group", count(*)::int AS held
            FROM ${papers} JOIN ${references} ON ${references.paperId} = ${papers.paperId} AND ${references.isInternalAnchor}
            WHERE ${condition}
              AND ${references.citedWorkId} IN (SELECT ${works.workId} FROM ${works} WHERE ${works.paperId} IS NOT NULL)
            GROUP BY 1
          )
          SELECT counted.*, coalesce(held.held, 0) AS "internalAnchorsHeld"
          FROM counted LEFT JOIN held USING ("group") ORDER BY counted."group" COLLATE "C"`,
    ),
  );
  return rows;
}

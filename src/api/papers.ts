import { and, asc, desc, eq, type SQL, sql } from "drizzle-orm";
import { readRows } from "../store/prepared-rows.ts";
import { papers, works } from "../store/tables/index.ts";
import { builder } from "./builder.ts";
import { PaperConnection } from "./connection-objects.ts";
import { KeysetConnection, type PageArguments } from "./connections.ts";
import type { Context } from "./context.ts";
import { countRows } from "./count-rows.ts";
import type { Key, KeyOrder } from "./cursor.ts";
import type { PaperRow } from "./loaders/papers.ts";
import { pageArguments } from "./page-arguments.ts";
import { type PaperFilter, PaperFilterInput, paperCondition } from "./paper-filter.ts";

const orders = ["SUBMITTED_DESC", "SUBMITTED_ASC", "CITED_BY_DESC"] as const;
type PaperOrder = (typeof orders)[number];

const PaperOrderEnum = builder.enumType("PaperOrder", {
  description: "The order of papers; equals stand by an internal number, the same on every mirror.",
  values: {
    SUBMITTED_DESC: { description: "Latest submitted first." },
    SUBMITTED_ASC: { description: "Earliest submitted first." },
    CITED_BY_DESC: { description: "Most cited first, by `work.citedByCount`." },
  } as const,
});

builder.queryField("papers", (t) =>
  t.field({
    type: PaperConnection,
    description: "The papers held.",
    args: {
      filter: t.arg({ type: PaperFilterInput, description: "Which papers; all unless told." }),
      orderBy: t.arg({
        type: PaperOrderEnum,
        defaultValue: "SUBMITTED_DESC",
        description: "In which order.",
      }),
      ...pageArguments,
    },
    resolve: (_root, { filter, orderBy, ...page }, context) =>
      papersConnection(filter ?? {}, orderBy ?? "SUBMITTED_DESC", page, context),
  }),
);

/** A paper and what its work is cited by, where the order goes by that. */
/** Where a paper stands in an order; most papers themselves are in memory. */
type OrderedPaper = Pick<PaperRow, "paperId" | "workId" | "submittedAt"> & {
  /** Only told in the order that goes by it. */
  readonly citedByCount: string;
};

type Ordering = {
  readonly order: KeyOrder;
  readonly descending: boolean;
  /** The columns that the order goes by. */
  readonly columns: readonly SQL[];
  readonly keyOf: (row: OrderedPaper) => Key;
  readonly values: (key: Key) => readonly SQL[];
};

function bySubmission(name: PaperOrder, descending: boolean): Ordering {
  return {
    order: { name, parts: ["instant", "bigint"] },
    descending,
    columns: [sql`${papers.submittedAt}`, sql`${papers.paperId}`],
    keyOf: ({ submittedAt, paperId }) => [submittedAt, String(paperId)],
    values: ([submittedAt, paperId]) => [sql`${submittedAt}::timestamptz`, sql`${paperId}::bigint`],
  };
}

const orderings: Record<PaperOrder, Ordering> = {
  SUBMITTED_DESC: bySubmission("SUBMITTED_DESC", true),
  SUBMITTED_ASC: bySubmission("SUBMITTED_ASC", false),
  CITED_BY_DESC: {
    order: { name: "CITED_BY_DESC", parts: ["integer", "bigint", "bigint"] },
    descending: true,
    // Equal counts go by work, as the index does: hundreds of thousands of works may be cited equally often.
    columns: [sql`${works.citedByCount}`, sql`${works.workId}`, sql`${papers.paperId}`],
    keyOf: ({ citedByCount, workId, paperId }) => [citedByCount, String(workId), String(paperId)],
    values: ([citedByCount, workId, paperId]) => [
      sql`${citedByCount}::int`,
      sql`${workId}::bigint`,
      sql`${paperId}::bigint`,
    ],
  },
};

function list(parts: readonly SQL[]): SQL {
  return sql.join([...parts], sql`, `);
}

function papersConnection(
  filter: PaperFilter,
  orderBy: PaperOrder,
  page: PageArguments,
  { database: { db, pool }, loaders }: Context,
): KeysetConnection<OrderedPaper, PaperRow> {
  const { order, descending, columns, keyOf, values } = orderings[orderBy];
  const condition = paperCondition(db, filter);

  /** The rows on one side of a key; `at` includes the key's own. */
  const beside = (key: Key, side: "before" | "after", at = false): SQL => {
    const sign = (side === "before") === descending ? ">" : "<";
    const compared = (length: number, operator: string): SQL =>
      sql`(${list(columns.slice(0, length))}) ${sql.raw(operator)} (${list(values(key).slice(0, length))})`;
    // The first says nothing new; but its two columns stand in one table, in an index of this order.
    return sql`${compared(2, `${sign}=`)} AND ${compared(columns.length, at ? `${sign}=` : sign)}`;
  };
  const read = async (where: SQL | undefined, reverse: boolean, limit: number): Promise<OrderedPaper[]> => {
    const direction = descending === reverse ? asc : desc;
    const sorted = columns.map((column) => direction(column));
    const { paperId, workId, submittedAt } = papers;
    const withoutWorks = db
      .select({ paperId, workId, submittedAt, citedByCount: sql<string>`0` })
      .from(papers);
    const withWorks = db
      .select({ paperId, workId, submittedAt, citedByCount: sql<string>`${works.citedByCount}` })
      .from(papers)
      .innerJoin(works, eq(works.workId, papers.workId));
    const query = orderBy === "CITED_BY_DESC" ? withWorks : withoutWorks;
    const page = query
      .where(and(condition, where))
      .orderBy(...sorted)
      .limit(limit);
    return loaders.batches.track(() => readRows(pool, page));
  };

  return new KeysetConnection<OrderedPaper, PaperRow>(
    {
      order,
      keyOf,
      nodeOf: ({ paperId }) => loaders.paper.get(paperId),
      rows: ({ after, before, reverse, limit }) =>
        read(
          and(
            after === null ? undefined : beside(after, "after"),
            before === null ? undefined : beside(before, "before"),
          ),
          reverse,
          limit,
        ),
      anyFrom: async (key, side) => (await read(beside(key, side, true), side === "before", 1)).length > 0,
      count: async () => {
        if (condition === undefined) return loaders.total.load("papers");
        return loaders.batches.track(() => countRows(db, papers, condition));
      },
    },
    page,
  );
}

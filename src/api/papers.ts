import type { GraphQLResolveInfo } from "graphql";
import { papers, type Queries } from "../store/index.ts";
import { builder } from "./builder.ts";
import type { Context } from "./context.ts";
import {
  countRows,
  countRowsWithout,
  type Key,
  KeysetConnection,
  type PageArguments,
  type Range,
} from "./keyset.ts";
import type { PaperRow } from "./loaders/index.ts";
import { PaperConnection, pageArguments } from "./objects.ts";
import { type PaperFilter, PaperFilterInput, paperCondition } from "./paper-filter.ts";
import {
  type Bound,
  keyOf,
  keyOrders,
  type OrderedPaper,
  type PaperOrder,
  readPapersOf,
} from "./paper-pages.ts";
import { ofConnection, selectedColumns } from "./selected-columns.ts";

const PaperOrderEnum = builder.enumType("PaperOrder", {
  description: "The order of papers. Ties have the same order on every mirror.",
  values: {
    SUBMITTED_DESC: { description: "Latest submission first." },
    SUBMITTED_ASC: { description: "Earliest submission first." },
    CITED_BY_DESC: { description: "Most cited first, by `work.citedByCount`." },
    CITED_BY_ASC: { description: "Least cited first, by `work.citedByCount`." },
  } as const satisfies Record<PaperOrder, object>,
});

builder.queryField("papers", (t) =>
  t.field({
    type: PaperConnection,
    description: "Lists the stored papers.",
    args: {
      filter: t.arg({ type: PaperFilterInput, description: "Defaults to all papers." }),
      orderBy: t.arg({
        type: PaperOrderEnum,
        defaultValue: "SUBMITTED_DESC",
        description: "The order of the papers. Defaults to SUBMITTED_DESC.",
      }),
      ...pageArguments,
    },
    resolve: (_root, { filter, orderBy, ...page }, context, info) =>
      papersConnection(filter ?? {}, orderBy ?? "SUBMITTED_DESC", page, context, info),
  }),
);

function papersConnection(
  filter: PaperFilter,
  order: PaperOrder,
  page: PageArguments,
  { database: { db, pool }, loaders }: Context,
  info: GraphQLResolveInfo,
): KeysetConnection<OrderedPaper, PaperRow> {
  const columns = selectedColumns(info, "Paper", ofConnection);
  const nodes = loaders.paper.referred(columns);
  const condition = paperCondition(db, filter);
  const pages = readPapersOf({ db, pool }, filter, order, columns);
  // Searching for a rare title may scan all papers; the other filters have indexes.
  const isExpensive = filter.titleContains !== null && filter.titleContains !== undefined;
  const read = ({ after, before, isInclusive, reverse, limit }: Range): Promise<OrderedPaper[]> => {
    const bound = (key: Key | null): Bound | null => key && { key, inclusive: isInclusive };
    const work = async () => {
      const found = await pages.read({ after: bound(after), before: bound(before), reverse }, limit);
      for (const paper of found) loaders.paper.add(paper.paperId, paper as PaperRow, pages.columns);
      return found;
    };
    return isExpensive ? loaders.batches.trackExpensive(work) : loaders.batches.track(work);
  };
  return new KeysetConnection<OrderedPaper, PaperRow>(
    {
      order: keyOrders[order],
      keyOf: (paper) => keyOf(order, paper),
      nodeOf: ({ paperId }) => nodes.get(paperId),
      rows: read,
      count: async () => {
        if (condition === undefined) return loaders.total.load("papers");
        return loaders.batches.trackExpensive(() => countPapers(db, filter));
      },
    },
    page,
  );
}

function countPapers(db: Queries, filter: PaperFilter): Promise<number> {
  if (filter.isAnchor !== false) return countRows(db, papers, paperCondition(db, filter));
  const all = paperCondition(db, { ...filter, isAnchor: null });
  const anchors = paperCondition(db, { ...filter, isAnchor: true });
  return countRowsWithout(db, papers, all, anchors);
}

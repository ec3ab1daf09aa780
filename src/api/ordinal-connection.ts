import { KeysetConnection, type PageArguments, type Range } from "./connections.ts";
import type { Key, KeyOrder } from "./cursor.ts";
import type { LoadersByArguments } from "./loaders/batch.ts";
import type { OrdinalPage } from "./loaders/ordinal-page.ts";

type OrdinalSource<Filter, Row> = {
  /** Goes into the cursors: `claims`, `references`, … */
  readonly name: string;
  readonly paperId: bigint;
  readonly filter: Filter;
  readonly pages: LoadersByArguments<Filter & OrdinalPage, bigint, readonly Row[]>;
  readonly count: () => Promise<number>;
};

/**
 * The connection of a paper's rows by their ordinal. The same connection under many papers is one statement, since
 * the loader is chosen by the arguments.
 */
export function ordinalConnection<Filter extends object, Row extends { readonly ordinal: number }>(
  { name, paperId, filter, pages, count }: OrdinalSource<Filter, Row>,
  page: PageArguments,
): KeysetConnection<Row, Row> {
  const order: KeyOrder = { name, parts: ["integer"] };
  const read = (range: OrdinalPage) => pages.of({ ...filter, ...range }).get(paperId);
  return new KeysetConnection<Row, Row>(
    {
      order,
      keyOf: (row) => [String(row.ordinal)],
      nodeOf: (row) => row,
      rows: (range) => read(ordinalPageOf(range)),
      anyFrom: async (key, side) => {
        const ordinal = ordinalOf(key);
        const rows = await read({
          after: side === "after" ? ordinal - 1 : null,
          before: side === "before" ? ordinal + 1 : null,
          reverse: side === "before",
          limit: 1,
        });
        return rows.length > 0;
      },
      count,
    },
    page,
  );
}

function ordinalPageOf({ after, before, reverse, limit }: Range): OrdinalPage {
  return {
    after: after === null ? null : ordinalOf(after),
    before: before === null ? null : ordinalOf(before),
    reverse,
    limit,
  };
}

function ordinalOf(key: Key): number {
  return Number(key[0]);
}

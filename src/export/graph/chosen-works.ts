import type pg from "pg";
import { type CitationDirection, neighbourhoodInSql, SqlRows } from "../../graph/index.ts";
import { bigintArray, readLayout } from "../../store/index.ts";

/** A part of the citation graph: the works within `depth` steps of the roots. */
export type Neighbourhood = {
  readonly roots: readonly bigint[];
  readonly direction: CitationDirection;
  /** Steps; 0 means the roots alone. */
  readonly depth: number;
  /** The most works; of a level that is cut, the most cited are kept. */
  readonly maximumWorks: number;
};

/** The works of an export, as a condition on a column of work ids; and whether some were cut. */
export type ChosenWorks = {
  where(column: string): string;
  readonly isCut: boolean;
};

const allWorks: ChosenWorks = { where: () => "true", isCut: false };

/** Finds the works of a neighbourhood in the snapshot of this connection, level by level; all works for null. */
export async function chooseWorks(
  client: pg.ClientBase,
  neighbourhood: Neighbourhood | null,
): Promise<ChosenWorks> {
  if (neighbourhood === null) return allWorks;
  const { maximumWorks: maxNodes, ...question } = neighbourhood;
  const rows = new SqlRows(client, {}, await readLayout(client));
  const { workIds, truncated } = await neighbourhoodInSql(rows, {
    ...question,
    maxNodes,
    withoutEdges: true,
  });
  // COPY takes no parameters; these are digits.
  const ids = bigintArray(workIds);
  return { where: (column) => `${column} = ANY('${ids}'::bigint[])`, isCut: truncated };
}

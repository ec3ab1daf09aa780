import type pg from "pg";
import type { Budget } from "./budget.ts";
import { longestChains } from "./paths.ts";
import { compareIds, type SqlRows, withSqlRows } from "./sql-rows.ts";

type AnchorChainInput = {
  readonly from: bigint;
  /** The last work of the chain; null for any. */
  readonly to: bigint | null;
};

export type AnchorChainAnswer = {
  /** From the first work to the last; null if no chain leads to `to`. */
  readonly workIds: readonly bigint[] | null;
  /** The budget ended before all anchors were read. */
  readonly truncated: boolean;
  readonly graphVersion: string;
};

/**
 * The longest chain of anchors that begins at a work and goes back in time (`longestChains`). The reachable
 * anchors are read level by level, in one snapshot.
 */
export async function anchorChainInSql(
  pool: pg.Pool,
  input: AnchorChainInput,
  budget: Budget,
): Promise<AnchorChainAnswer> {
  const { position, result } = await withSqlRows(pool, budget, (rows) => longestChain(rows, input));
  return { ...result, graphVersion: position.toString() };
}

const rowsBetweenLooks = 500;

async function longestChain(
  rows: SqlRows,
  { from, to }: AnchorChainInput,
): Promise<Omit<AnchorChainAnswer, "graphVersion">> {
  const places = new Map<bigint, number>([[from, 0]]);
  const works = [from];
  const times = [timeOf(from, await rows.submitted([from]))];
  const anchors: number[][] = [[]];
  for (let level = [from]; level.length > 0; ) {
    const found: bigint[] = [];
    const rowsOfLevel = await rows.anchors(level);
    const cited = new Set(rowsOfLevel.map((row) => row.cited));
    const submitted = await rows.submitted([...cited].filter((work) => !places.has(work)));
    // A work whose time was not read could be later than the work that cites it.
    if (submitted === null) break;
    for (const [index, { citing, cited }] of rowsOfLevel.entries()) {
      if (index % rowsBetweenLooks === 0) await rows.yieldTurn();
      const place = places.get(citing) as number;
      let anchor = places.get(cited);
      const time = anchor === undefined ? timeOf(cited, submitted) : (times[anchor] as number);
      // Only earlier works can be in a chain, so the search continues only from those.
      if (!(time < (times[place] as number))) continue;
      if (anchor === undefined) {
        if (!rows.meter.countVertex()) continue;
        anchor = works.push(cited) - 1;
        places.set(cited, anchor);
        times.push(time);
        anchors.push([]);
        found.push(cited);
      }
      (anchors[place] as number[]).push(anchor);
    }
    level = found;
  }
  const truncated = rows.meter.isBudgetExhausted;
  const end = to === null ? undefined : places.get(to);
  if (to !== null && end === undefined) return { workIds: null, truncated };
  const compare = (a: number, b: number) => compareIds(works[a] as bigint, works[b] as bigint);
  const { lengths, next } = longestChains(
    Float64Array.from(times),
    (vertex) => anchors[vertex] as number[],
    compare,
    end,
  );
  if ((lengths[0] as number) < 0) return { workIds: null, truncated };
  const workIds: bigint[] = [];
  for (let vertex = 0; vertex >= 0; vertex = next[vertex] as number) workIds.push(works[vertex] as bigint);
  return { workIds, truncated };
}

/** A work without a paper counts as earliest: a chain ends there. */
function timeOf(work: bigint, submitted: ReadonlyMap<bigint, number> | null): number {
  return submitted?.get(work) ?? Number.NEGATIVE_INFINITY;
}

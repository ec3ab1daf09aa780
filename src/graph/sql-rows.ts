import type pg from "pg";
import { isTurnOver, mapInTurns, waitForTurn } from "../runtime/index.ts";
import {
  asExpensive,
  bigintArray,
  connectWithSignal,
  queryWithLayout,
  runWithSignal,
  type TableLayout,
} from "../store/index.ts";
import type { CitationDirection } from "./adjacency.ts";
import { type Budget, Meter } from "./budget.ts";

/** An edge as read; `from` is the work whose edges were queried. */
type SqlEdge = { readonly from: bigint; readonly to: bigint };
type CitationRow = {
  readonly citing: bigint;
  readonly cited: bigint;
  readonly isInternalAnchor: boolean;
};

/** An internal anchor. */
type AnchorRow = { readonly citing: bigint; readonly cited: bigint };

/** The stored counts of a work. */
export type SqlCounts = { readonly citedBy: number; readonly references: number };

const queryCancelled = "57014";

/**
 * Reads rows of the graph for one question, in one snapshot and within its budget: once that is used up, nothing more
 * is read, and `meter` reports it. Each statement names the works whose rows it reads, so it also runs if the tables
 * are distributed.
 */
export class SqlRows {
  readonly meter: Meter;
  readonly #client: pg.ClientBase;
  readonly #hasDeadline: boolean;
  readonly #layout: TableLayout;

  /** `layout` is the connection's, as of the snapshot; `singleLayout` is always correct. */
  constructor(client: pg.ClientBase, budget: Budget, layout: TableLayout) {
    this.#client = client;
    this.#layout = layout;
    this.meter = new Meter(budget);
    this.#hasDeadline = budget.milliseconds !== undefined;
  }

  /** The edges of works in a direction; for `BOTH`, an edge between two of them comes twice. */
  async edges(works: readonly bigint[], direction: CitationDirection): Promise<SqlEdge[]> {
    const found: SqlEdge[] = [];
    const sides = [
      [this.#layout.citations.byCiting, "citing_work_id", "cited_work_id", "CITED_BY"],
      [this.#layout.citations.byCited, "cited_work_id", "citing_work_id", "REFERENCES"],
    ] as const;
    for (const [citations, from, to, other] of sides) {
      if (direction === other || works.length === 0) continue;
      const rows = await this.#read(
        `SELECT DISTINCT ${from}, ${to} FROM ${citations} WHERE ${from} = ANY($1::bigint[]) LIMIT $2`,
        [bigintArray(works), this.#limit()],
      );
      const edges = await mapInTurns(
        this.#withinBudget(rows),
        (row): SqlEdge => ({ from: BigInt(row[0] as string), to: BigInt(row[1] as string) }),
        this,
      );
      for (const edge of edges) found.push(edge);
    }
    return found;
  }

  /** All edges between works. */
  async among(works: readonly bigint[]): Promise<CitationRow[]> {
    if (works.length === 0) return [];
    const rows = await this.#read(
      `SELECT citing_work_id, cited_work_id, bool_or(is_internal_anchor) FROM ${this.#layout.citations.byCiting}
       WHERE citing_work_id = ANY($1::bigint[]) AND cited_work_id = ANY($1::bigint[]) GROUP BY 1, 2 LIMIT $2`,
      [bigintArray(works), this.#limit()],
    );
    return mapInTurns(
      this.#withinBudget(rows),
      ([citing, cited, isInternalAnchor]) => ({
        citing: BigInt(citing as string),
        cited: BigInt(cited as string),
        isInternalAnchor: isInternalAnchor as boolean,
      }),
      this,
    );
  }

  /** The anchors of works. */
  async anchors(works: readonly bigint[]): Promise<AnchorRow[]> {
    if (works.length === 0) return [];
    const rows = await this.#read(
      `SELECT DISTINCT citing_work_id, cited_work_id FROM ${this.#layout.citations.byCiting}
       WHERE citing_work_id = ANY($1::bigint[]) AND is_internal_anchor LIMIT $2`,
      [bigintArray(works), this.#limit()],
    );
    return mapInTurns(
      this.#withinBudget(rows),
      ([citing, cited]) => ({ citing: BigInt(citing as string), cited: BigInt(cited as string) }),
      this,
    );
  }

  /**
   * By work, the time when its paper was submitted, in microseconds since 1970; no entry if no paper is stored. Null if
   * the budget ended first. Two statements, since works and papers may be on different servers.
   */
  async submitted(works: readonly bigint[]): Promise<Map<bigint, number> | null> {
    if (works.length === 0) return new Map();
    const stored = await this.#read(
      "SELECT work_id, paper_id FROM works WHERE work_id = ANY($1::bigint[]) AND paper_id IS NOT NULL",
      [bigintArray(works)],
    );
    const papers = stored.map(([, paperId]) => BigInt(paperId as string));
    const times =
      papers.length === 0
        ? []
        : await this.#read(
            `SELECT paper_id, (extract(epoch FROM submitted_at) * 1000000)::bigint FROM papers
             WHERE paper_id = ANY($1::bigint[])`,
            [bigintArray(papers)],
          );
    if (this.meter.exhausted !== null) return null;
    const byPaper = new Map(times.map(([paperId, time]) => [paperId as string, Number(time)]));
    return new Map(
      stored.flatMap(([workId, paperId]) => {
        const time = byPaper.get(paperId as string);
        return time === undefined ? [] : [[BigInt(workId as string), time]];
      }),
    );
  }

  /** The stored counts of the works that exist. */
  async counts(works: Iterable<bigint>): Promise<Map<bigint, SqlCounts>> {
    const rows = await this.#read(
      "SELECT work_id, cited_by_count, reference_count FROM works WHERE work_id = ANY($1::bigint[])",
      [bigintArray(works)],
    );
    return new Map(
      rows.map(([workId, citedBy, references]) => [
        BigInt(workId as string),
        { citedBy: citedBy as number, references: references as number },
      ]),
    );
  }

  /** The most cited works with their counts; only those in `among` if given. */
  async mostCited(first: number, among: Iterable<bigint> | undefined): Promise<[bigint, number][]> {
    const rows = await this.#read(
      `SELECT work_id, cited_by_count FROM works ${among === undefined ? "" : "WHERE work_id = ANY($2::bigint[])"}
       ORDER BY cited_by_count DESC, work_id LIMIT $1`,
      among === undefined ? [first] : [first, bigintArray(among)],
    );
    return rows.map(([workId, count]) => [BigInt(workId as string), count as number]);
  }

  /** Yields to the event loop if due; called between rows. */
  async yieldTurn(): Promise<void> {
    if (isTurnOver()) await waitForTurn(this);
    this.meter.checkTime();
  }

  /** One row beyond the budget shows that there are more. */
  #limit(): number | null {
    return Number.isFinite(this.meter.edgesLeft) ? this.meter.edgesLeft + 1 : null;
  }

  #withinBudget(rows: unknown[][]): unknown[][] {
    return rows.slice(0, this.meter.countEdges(rows.length));
  }

  async #read(text: string, values: unknown[]): Promise<unknown[][]> {
    this.meter.checkTime();
    if (this.meter.exhausted !== null) return [];
    try {
      if (this.#hasDeadline) {
        // 0 would mean no limit.
        const left = Math.max(1, Math.ceil(this.meter.millisecondsLeft));
        await this.#client.query(`SET LOCAL statement_timeout = ${left}`);
      }
      const { rows } = await this.#client.query<unknown[]>({ text, values, rowMode: "array" });
      this.meter.checkTime();
      return rows;
    } catch (error) {
      if (!this.#hasDeadline || (error as { code?: string }).code !== queryCancelled) throw error;
      this.meter.exhausted = "milliseconds";
      return [];
    }
  }
}

/**
 * Calls `use` with the rows of one snapshot, and returns its position in the feed. Rejects with the signal's reason as
 * soon as it is aborted; the connection is then discarded.
 */
export async function withSqlRows<Result>(
  pool: pg.Pool,
  budget: Budget,
  use: (rows: SqlRows) => Promise<Result>,
): Promise<{ readonly position: bigint; readonly result: Result }> {
  const { signal } = budget;
  signal?.throwIfAborted();
  const connect = () =>
    asExpensive(() =>
      signal === undefined ? pool.connect() : runWithSignal(signal, () => connectWithSignal(pool, signal)),
    );
  const client = await connect();
  let release = (isLost: boolean) => {
    release = () => {};
    client.release(isLost);
  };
  const work = async () => {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    // In the question's snapshot: the layout applies to everything that it reads.
    const { rows: counter, layout } = await queryWithLayout<{ value: string }>(
      client,
      "SELECT value FROM totals WHERE name = 'graph_position'",
    );
    const result = await use(new SqlRows(client, budget, layout));
    await client.query("ROLLBACK");
    return { position: BigInt(counter[0]?.value ?? 0), result };
  };
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal?.reason);
    if (signal?.aborted) onAbort();
    else signal?.addEventListener("abort", onAbort, { once: true });
  });
  const working = work();
  try {
    const result = await Promise.race([working, aborted]);
    release(false);
    return result;
  } catch (error) {
    working.catch(() => {});
    release(true);
    throw error;
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}

/** Compares ids, ascending. */
export function compareIds(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Groups a list by key. */
export function groupBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

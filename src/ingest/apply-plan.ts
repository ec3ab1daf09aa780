import type pg from "pg";
import {
  appendChanges,
  appendGraphChanges,
  bigintArray,
  CopyRows,
  copyIn,
  type QueryClient,
  queryWithLayout,
  readLayout,
  singleLayout,
  type TableLayout,
  type TotalName,
  type Transaction,
  waitForWriteLock,
  writeLock,
} from "../store/index.ts";
import type { BatchPlan, RowChange } from "./plan/index.ts";

type ApplyOptions = {
  /** The time of the batch, an ISO instant. */
  readonly now: string;
  readonly layout: TableLayout;
};

/**
 * Waits for the write lock, within a transaction, and then reads the table layout, which cannot change until the lock
 * is released. `isLockHeld`: the caller holds the lock in another session.
 */
export async function takeWriteLock(
  pool: pg.Pool,
  writer: QueryClient,
  isLockHeld: boolean,
): Promise<TableLayout> {
  if (isLockHeld) return readLayout(writer);
  const locked = await waitForWriteLock(pool, () =>
    queryWithLayout(writer, `SELECT pg_advisory_xact_lock(${writeLock})`),
  );
  return locked.layout;
}

/** Writes a plan within a transaction that holds the write lock. Makes no decisions. */
export async function applyPlan(
  writer: Transaction,
  { changes, totals, states, graph, merged }: BatchPlan,
  { now, layout }: ApplyOptions,
): Promise<void> {
  if (merged.size === 0) return;
  await applyRows(writer, changes, layout);
  await writer.query(...totalsStatement(totals));
  await appendChanges(writer, states, now);
  await appendGraphChanges(writer, graph, now);
}

/** Insertions sent together, in rows, so that small batches take few round trips. */
const rowsAtOnce = 1_000;

/** Applies changes in order. While PostgreSQL processes some, the next are encoded. */
export async function applyRows(
  writer: QueryClient,
  changes: readonly RowChange[],
  layout: TableLayout = singleLayout,
): Promise<void> {
  let sent: Promise<unknown> = Promise.resolve();
  const send = async (work: () => Promise<unknown>) => {
    await sent;
    sent = work();
  };
  let copies: CopyRows[] = [];
  let rows = 0;
  const sendCopies = async () => {
    const ready = copies;
    copies = [];
    rows = 0;
    if (ready.length > 0) await send(() => copyIn(writer, ready));
  };
  for (const change of changes) {
    if (change.action === "insert") {
      copies.push(encode(change));
      rows += change.rows.length;
      if (rows >= rowsAtOnce) await sendCopies();
      continue;
    }
    await sendCopies();
    for (const { text, values } of statementsOf(change, layout)) {
      await send(() => writer.query(text, [...values]));
    }
  }
  await sendCopies();
  await sent;
}

function encode({ table, columns, rows }: RowChange): CopyRows {
  const copy = new CopyRows(table, columns);
  for (const row of rows) copy.add(row);
  return copy;
}

function statementsOf({ action, table, columns, rows, changed = [] }: RowChange, layout: TableLayout) {
  if (action === "update") return layout.update(table, columns, [...rows], changed);
  const [column, ...others] = columns;
  if (others.length > 0) return layout.remove(table, columns, [...rows]);
  const ids = bigintArray(Array.from(rows, ([id]) => id as bigint));
  return [{ text: `DELETE FROM "${table}" WHERE ${column} = ANY($1::bigint[])`, values: [ids] }];
}

/** The statement that adds to the stored totals. Creates the row of every given name, even if nothing is added. */
export function totalsStatement(
  changes: Partial<Record<TotalName, number>>,
): [text: string, values: unknown[]] {
  const entries = Object.entries(changes);
  return [
    `INSERT INTO totals (name, value) SELECT * FROM unnest($1::text[], $2::bigint[])
     ON CONFLICT (name) DO UPDATE SET value = totals.value + excluded.value WHERE excluded.value <> 0`,
    [entries.map(([name]) => name), entries.map(([, change]) => change)],
  ];
}

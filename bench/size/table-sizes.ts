import type pg from "pg";

/** Bytes on disk of each table: its rows, their TOAST, and its indexes. */
export type TableSize = {
  readonly table: string;
  readonly rows: number;
  readonly heap: number;
  readonly toast: number;
  readonly indexes: number;
};

export async function tableSizes(pool: pg.Pool): Promise<TableSize[]> {
  const { rows } = await pool.query<Record<keyof TableSize, string>>(
    `SELECT relname AS table, reltuples::bigint AS rows, pg_relation_size(oid) AS heap,
       pg_table_size(oid) - pg_relation_size(oid) AS toast, pg_indexes_size(oid) AS indexes
     FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname`,
  );
  return rows.map((row) => ({
    table: row.table,
    rows: Math.max(0, Number(row.rows)),
    heap: Number(row.heap),
    toast: Number(row.toast),
    indexes: Number(row.indexes),
  }));
}

import type pg from "pg";

/** Tables of references and of the edges between works. */
const tables = ["references", "citations", "citing_papers", "citations_by_citing", "citations_by_cited"];

type IndexRow = {
  readonly table: string;
  readonly index: string;
  readonly entries: number;
  readonly bytes: number;
};

/**
 * Prints what a reference costs: the bytes of its rows in all tables of references and edges, with their indexes, and
 * the index entries. The tables must have been vacuumed and analysed.
 */
export async function printReferenceCosts(pool: pg.Pool, state: string): Promise<void> {
  const { rows: heaps } = await pool.query<{ table: string; rows: number; bytes: number }>(
    `SELECT relname AS table, greatest(reltuples, 0)::float8 AS rows, pg_table_size(oid)::float8 AS bytes
     FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname = ANY($1)`,
    [tables],
  );
  const { rows: indexes } = await pool.query<IndexRow>(
    `SELECT indrelid::regclass::text AS table, relname AS index, greatest(reltuples, 0)::float8 AS entries,
       pg_relation_size(oid)::float8 AS bytes
     FROM pg_index JOIN pg_class ON oid = indexrelid
     WHERE indrelid = ANY(SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname = ANY($1))
     ORDER BY 1, 2`,
    [tables],
  );
  const references = heaps.find(({ table }) => table === "references")?.rows ?? Number.NaN;
  console.log(`${`a reference, with its edge, ${state}`.padEnd(46)}rows or entries      bytes`);
  const print = (name: string, entries: number, bytes: number) =>
    console.log(
      `  ${name.padEnd(44)}${(entries / references).toFixed(2).padStart(15)}${(bytes / references).toFixed(1).padStart(11)}`,
    );
  const filled = heaps.filter(({ rows }) => rows > 0);
  for (const { table, rows, bytes } of filled) print(`rows of ${table}`, rows, bytes);
  const used = indexes.filter(({ table }) => filled.some((heap) => heap.table === table.replaceAll('"', "")));
  for (const { index, entries, bytes } of used) print(index, entries, bytes);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const entries = sum(used.map((index) => index.entries));
  const bytes = sum([...filled, ...used].map((relation) => relation.bytes));
  print("index entries together", entries, sum(used.map((index) => index.bytes)));
  const verdict = entries / references <= 3 && bytes / references <= 300 ? "reached" : "MISSED";
  console.log(
    `  together ${(bytes / references).toFixed(0)} bytes, ${(entries / references).toFixed(2)} index entries ` +
      `(at most 300 and 3: ${verdict})\n`,
  );
}

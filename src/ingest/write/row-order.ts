/**
 * Rows in the order of a key, so that they meet each page of its index once. Nearly: keys that differ by less than a
 * double can tell stay as they are. That is enough for the pages, and comparing bigints is dear.
 */
export function inKeyOrder<Row>(rows: readonly Row[], keyOf: (row: Row) => bigint): Row[] {
  const keyed = rows.map((row) => ({ row, key: Number(keyOf(row)) }));
  keyed.sort((a, b) => a.key - b.key);
  return keyed.map(({ row }) => row);
}

/**
 * Returns a row that another row refers to. Both are derived in one transaction, so it exists; but the pair may be
 * replaced between two statements of one request, and then this throws.
 */
export function required<Row>(row: Row | null | Promise<Row | null>, name: string): Row | Promise<Row> {
  return row instanceof Promise ? row.then((found) => there(found, name)) : there(row, name);
}

function there<Row>(found: Row | null, name: string): Row {
  if (found === null) throw new Error(`The tables hold no ${name} where another row names one.`);
  return found;
}

/**
 * A row that another row names. Both are derived in one transaction, so it is there; between two statements of one
 * request the pair may have been replaced, and then this throws.
 */
export function required<Row>(row: Row | null | Promise<Row | null>, name: string): Row | Promise<Row> {
  return row instanceof Promise ? row.then((found) => there(found, name)) : there(row, name);
}

function there<Row>(found: Row | null, name: string): Row {
  if (found === null) throw new Error(`The tables hold no ${name} where another row names one.`);
  return found;
}

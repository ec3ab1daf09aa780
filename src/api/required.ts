/**
 * A row that another row names. Both are derived in one transaction, so it is there; between two statements of one
 * request the pair may have been replaced, and then this throws.
 */
export async function required<Row>(row: Promise<Row | null>, name: string): Promise<Row> {
  const found = await row;
  if (found === null) throw new Error(`The tables hold no ${name} where another row names one.`);
  return found;
}

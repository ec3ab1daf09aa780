/**
 * Rows in the order of a key, so that they meet each page of its index once. Nearly: keys that differ in their last bits
 * alone stay as they are, since those bits say here which row it was. That is enough for the pages, and an array of such
 * numbers is sorted without a call or an object for each.
 *
 * Keys are those of our tables: 63 bits, not negative.
 */
export function inKeyOrder<Row>(rows: readonly Row[], keyOf: (row: Row) => bigint): Row[] {
  const placeBits = BigInt(32 - Math.clz32(rows.length));
  const places = (1n << placeBits) - 1n;
  const packed = new BigUint64Array(rows.length);
  for (let place = 0; place < rows.length; place++) {
    packed[place] = (keyOf(rows[place] as Row) & ~places) | BigInt(place);
  }
  packed.sort();
  return Array.from(packed, (key) => rows[Number(key & places)] as Row);
}

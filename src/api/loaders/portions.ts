import type { Allowance } from "../limits/allowance.ts";

/** Bytes that are read, and parsed, at a time. */
const portionBytes = 2_000_000;

/**
 * Reads large texts in portions. Their bytes are taken from the allowance before any is read, so a query that asks for
 * too many fails before they are in memory; between portions others have their turn.
 *
 * `sizeOf` gives the bytes of a key's text, 0 where there is none.
 */
export async function readInPortions<Key>(
  keys: readonly Key[],
  sizeOf: (key: Key) => number,
  allowance: Allowance,
  read: (keys: readonly Key[]) => Promise<void>,
): Promise<void> {
  const portions: Key[][] = [];
  let left = 0;
  for (const key of keys) {
    const size = sizeOf(key);
    allowance.spend(size);
    if (portions.length === 0 || size > left) {
      portions.push([]);
      left = portionBytes;
    }
    portions.at(-1)?.push(key);
    left -= size;
  }
  for (const [index, portion] of portions.entries()) {
    if (index > 0) await allowance.turn();
    await read(portion);
  }
}

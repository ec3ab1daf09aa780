import type { Allowance } from "../allowance.ts";

let settling: (() => void)[] = [];
let sending: (() => void)[] = [];
let isScheduled = false;

function runTurn(): void {
  isScheduled = false;
  const settle = settling;
  settling = [];
  for (const work of settle) work();
  const send = sending;
  sending = [];
  for (const work of send) work();
}

function schedule(): void {
  if (isScheduled) return;
  isScheduled = true;
  setImmediate(runTurn);
}

/** Runs work at the end of this turn of the event loop, when all resolvers that can continue have done so. */
export function whenSettled(work: () => void): void {
  settling.push(work);
  schedule();
}

/** Runs work after all `whenSettled` work of this turn, when all requests have requested their keys. */
export function afterSettling(work: () => void): void {
  sending.push(work);
  schedule();
}

/*
 * The limits of one statement of a loader. Its rows arrive together, and everything that waits for them continues in
 * one turn of the event loop.
 */
const mostKeys = 500;
const mostRows = 20_000;

/** The maximum number of keys of a statement if each has up to `rowsOfKey` rows. */
export function keysOfStatement(rowsOfKey: number): number {
  return Math.max(1, Math.min(mostKeys, Math.floor(mostRows / Math.max(1, rowsOfKey))));
}

/** Bytes that are read and parsed at a time. */
const portionBytes = 2_000_000;

/**
 * Reads large texts in portions. All their bytes are taken from the allowance first, so a query for too many fails
 * before they are in memory. Between portions it yields to the event loop.
 *
 * `sizeOf` returns the bytes of a key's text, 0 if there is none.
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

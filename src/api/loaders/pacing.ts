import type { Allowance } from "../limits/allowance.ts";

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

/** Runs work at the end of this turn of the event loop: every resolver that can go on has gone on. */
export function whenSettled(work: () => void): void {
  settling.push(work);
  schedule();
}

/** Runs work after all that settles at the end of this turn: all requests have asked for what they need. */
export function afterSettling(work: () => void): void {
  sending.push(work);
  schedule();
}

/*
 * What one statement of a loader may give. Its rows arrive together, and all that waits for them goes on in one turn of
 * the event loop.
 */
const mostKeys = 500;
const mostRows = 20_000;

/** How many keys a statement may have, where each may have so many rows. */
export function keysOfStatement(rowsOfKey: number): number {
  return Math.max(1, Math.min(mostKeys, Math.floor(mostRows / Math.max(1, rowsOfKey))));
}

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

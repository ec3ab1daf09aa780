import { setImmediate as nextTurn } from "node:timers/promises";

/*
 * Shares the event loop's time between requests. Long work checks `isTurnOver` as it proceeds, and if the turn is over,
 * awaits `takeTurn`. Together they block the loop for about one slice; then everything else runs (new requests,
 * /health, results from the database).
 */

/** Milliseconds for which all shared work together may block the event loop. */
export const sliceMilliseconds = 5;

/** How many microtasks run between the end of a wait and the work that waited. */
const hopsToWork = 4;

/** When shared work began in this iteration of the event loop; null if none has. */
let began: number | null = null;

/** Whether the slice of this iteration is used up, by any request. Costs about 50 ns. */
export function isTurnOver(): boolean {
  const now = performance.now();
  if (began === null) {
    began = now;
    setImmediate(beginAgain);
    return false;
  }
  return now - began > sliceMilliseconds;
}

function beginAgain(): void {
  began = null;
}

type Waiter = () => void;
/** The pending waits of one owner. */
type Line = { readonly waiters: Waiter[]; usedMilliseconds: number };

const lines = new WeakMap<object, Line>();
const waiting = new Set<Line>();
let isDraining = false;

/**
 * Resolves when this owner (a request) may continue. The owner that has used the least time goes first, so a new
 * request does not wait behind a long one.
 */
export function takeTurn(owner: object): Promise<void> {
  let line = lines.get(owner);
  if (line === undefined) {
    line = { waiters: [], usedMilliseconds: 0 };
    lines.set(owner, line);
  }
  const { waiters } = line;
  waiting.add(line);
  return new Promise((resolve) => {
    waiters.push(resolve);
    if (!isDraining) void drain();
  });
}

async function drain(): Promise<void> {
  isDraining = true;
  while (waiting.size > 0) {
    await nextTurn();
    const start = performance.now();
    began = start;
    for (let now = start; waiting.size > 0 && now - start < sliceMilliseconds; ) {
      const line = leastUsed();
      const release = line.waiters.shift();
      if (line.waiters.length === 0) waiting.delete(line);
      release?.();
      for (let hop = 0; hop < hopsToWork; hop++) await null;
      const after = performance.now();
      line.usedMilliseconds += after - now;
      now = after;
    }
    // Whatever the network delivers next gets a slice of its own.
    began = null;
  }
  isDraining = false;
}

function leastUsed(): Line {
  let least: Line | undefined;
  for (const line of waiting) {
    if (least === undefined || line.usedMilliseconds < least.usedMilliseconds) least = line;
  }
  return least as Line;
}

/** Maps an array, yielding to others if it is long. A short one is mapped synchronously, without a promise. */
export function mapInTurns<Item, Result>(
  items: readonly Item[],
  map: (item: Item) => Result,
  owner: object = items,
): Result[] | Promise<Result[]> {
  return items.length <= itemsBetweenLooks ? items.map(map) : mapLong(items, map, owner);
}

const itemsBetweenLooks = 200;

async function mapLong<Item, Result>(
  items: readonly Item[],
  map: (item: Item) => Result,
  owner: object,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let at = 0; at < items.length; at += itemsBetweenLooks) {
    if (isTurnOver()) await takeTurn(owner);
    for (const item of items.slice(at, at + itemsBetweenLooks)) results.push(map(item));
  }
  return results;
}

/** Milliseconds for which background work may block its thread. */
const longestAlone = 1;

/**
 * Divides background work into turns. Between two turns the thread runs whatever else is pending: for example, it
 * writes one batch while the next is verified.
 */
export class Turns {
  #began = performance.now();

  /** Whether the turn is over and `next` must be awaited. */
  get isOver(): boolean {
    return performance.now() - this.#began >= longestAlone;
  }

  async next(): Promise<void> {
    await nextTurn();
    this.#began = performance.now();
  }
}

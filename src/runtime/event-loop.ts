import { setImmediate as nextTurn } from "node:timers/promises";

/*
 * The event loop's time, shared between requests: work that may be long asks `isTurnOver` as it goes, and where it is,
 * waits for `takeTurn`. All of them together hold the loop for about a slice, and then others (new requests, /health,
 * answers of the database) have theirs.
 */

/** Milliseconds that all shared work together may hold the event loop. */
export const sliceMilliseconds = 5;

/** How many microtasks lie between the end of a wait and the work that waited. */
const hopsToWork = 4;

/** When the work of this turn of the event loop began; null where none has. */
let began: number | null = null;

/** Whether the slice of this turn of the event loop is used up, by whomever. Costs some 50 ns. */
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
/** Who waits, for what it does in one request. */
type Line = { readonly waiters: Waiter[]; usedMilliseconds: number };

const lines = new WeakMap<object, Line>();
const waiting = new Set<Line>();
let isDraining = false;

/**
 * Resolves when work of this owner (a request) may go on. Of several owners that one comes first which has used the
 * least time in turns, so a new request does not wait behind a long one.
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
    // What comes in by the network next has a slice of its own.
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

/** Maps a list, giving way to others where it is long. Synchronous, and without a promise, where it is short. */
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

/** How long work that shares its thread with no request may keep all else waiting, in milliseconds. */
const longestAlone = 1;

/**
 * Divides work that belongs to no request into turns: between two of them the thread goes on with whatever else waits,
 * as a batch that is being written while the next is verified.
 */
export class Turns {
  #began = performance.now();

  /** Whether the turn is over, and `next` is to be awaited. */
  get isOver(): boolean {
    return performance.now() - this.#began >= longestAlone;
  }

  async next(): Promise<void> {
    await nextTurn();
    this.#began = performance.now();
  }
}

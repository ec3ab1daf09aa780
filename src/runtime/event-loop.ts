import { setImmediate as nextTurn } from "node:timers/promises";

/*
 * Shares the event loop's time between requests. Long work checks `isTurnOver` as it proceeds, and if the turn is over,
 * awaits `waitForTurn`. Together they block the loop for about one slice; then everything else runs (new requests,
 * /health, results from the database).
 */

/** Milliseconds for which all shared work together may block the event loop. */
export const sliceMilliseconds = 5;

/** How many microtasks run between the end of a wait and the work that waited. */
const microtasksPerTurn = 4;

/** When shared work began in this iteration of the event loop; null if none has. */
let sliceStart: number | null = null;

/** Whether the slice of this iteration is used up, by any request. Costs about 50 ns. */
export function isTurnOver(): boolean {
  const now = performance.now();
  if (sliceStart === null) {
    sliceStart = now;
    setImmediate(resetSlice);
    return false;
  }
  return now - sliceStart > sliceMilliseconds;
}

function resetSlice(): void {
  sliceStart = null;
}

type Waiter = () => void;
/** The pending waits of one owner. */
type OwnerQueue = { readonly waiters: Waiter[]; usedMilliseconds: number };

const queues = new WeakMap<object, OwnerQueue>();
const waiting = new Set<OwnerQueue>();
let isDraining = false;

/**
 * Resolves when this owner (a request) may continue. The owner that has used the least time goes first, so a new
 * request does not wait behind a long one.
 */
export function waitForTurn(owner: object): Promise<void> {
  let line = queues.get(owner);
  if (line === undefined) {
    line = { waiters: [], usedMilliseconds: 0 };
    queues.set(owner, line);
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
    sliceStart = start;
    for (let now = start; waiting.size > 0 && now - start < sliceMilliseconds; ) {
      const line = leastUsedQueue();
      const release = line.waiters.shift();
      if (line.waiters.length === 0) waiting.delete(line);
      release?.();
      for (let hop = 0; hop < microtasksPerTurn; hop++) await null;
      const after = performance.now();
      line.usedMilliseconds += after - now;
      now = after;
    }
    // Whatever the network delivers next gets a slice of its own.
    sliceStart = null;
  }
  isDraining = false;
}

function leastUsedQueue(): OwnerQueue {
  let least: OwnerQueue | undefined;
  for (const line of waiting) {
    if (least === undefined || line.usedMilliseconds < least.usedMilliseconds) least = line;
  }
  return least as OwnerQueue;
}

/** Maps an array, yielding to others if it is long. A short one is mapped synchronously, without a promise. */
export function mapInTurns<Item, Result>(
  items: readonly Item[],
  map: (item: Item) => Result,
  owner: object = items,
): Result[] | Promise<Result[]> {
  return items.length <= itemsBetweenChecks ? items.map(map) : mapInSlices(items, map, owner);
}

const itemsBetweenChecks = 200;

async function mapInSlices<Item, Result>(
  items: readonly Item[],
  map: (item: Item) => Result,
  owner: object,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let at = 0; at < items.length; at += itemsBetweenChecks) {
    if (isTurnOver()) await waitForTurn(owner);
    for (const item of items.slice(at, at + itemsBetweenChecks)) results.push(map(item));
  }
  return results;
}

/** Milliseconds for which background work may block its thread. */
const maxTurnMilliseconds = 1;

/**
 * Divides background work into turns. Between two turns the thread runs whatever else is pending: for example, it
 * writes one batch while the next is verified.
 */
export class Turns {
  #began = performance.now();

  /** Whether the turn is over and `next` must be awaited. */
  get isOver(): boolean {
    return performance.now() - this.#began >= maxTurnMilliseconds;
  }

  async next(): Promise<void> {
    await nextTurn();
    this.#began = performance.now();
  }
}

import { setImmediate } from "node:timers/promises";
import type { Batches } from "./loaders/batch.ts";

/** A promise for each item costs as much as a small item itself: what is done within some 20 ms goes without. */
const mostAtOnce = 5_000;
/** At a few microseconds for an item with a handful of fields, a turn takes a few milliseconds. */
const itemsATurn = 500;

/**
 * A list whose items are resolved in several turns of the event loop where they are many, so that others have theirs
 * between. All of them belong to one level of loaders all the same: they ask for what they need in one statement.
 */
export function inTurns<Item>(items: readonly Item[], batches: Batches): (Item | Promise<Item>)[] {
  if (items.length <= mostAtOnce) return [...items];
  const given: (Item | Promise<Item>)[] = items.slice(0, itemsATurn);
  let turn: Promise<unknown> = Promise.resolve();
  for (let at = itemsATurn; at < items.length; at += itemsATurn) {
    const current = turn.then(() => setImmediate());
    for (const item of items.slice(at, at + itemsATurn)) given.push(current.then(() => item));
    turn = current;
  }
  void batches.hold(() => turn);
  return given;
}

/*
 * What one statement of a loader may give. Its rows arrive together, and all that waits for them goes on in one turn of
 * the event loop.
 */
const mostKeys = 1_000;
const mostRows = 20_000;

/** How many keys a statement may have, where each may have so many rows. */
export function keysOfStatement(rowsOfKey: number): number {
  return Math.max(1, Math.min(mostKeys, Math.floor(mostRows / Math.max(1, rowsOfKey))));
}

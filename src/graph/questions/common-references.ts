import type { Adjacency } from "../adjacency.ts";
import type { Meter } from "../budget.ts";
import type { Scratch } from "../scratch.ts";
import { type CountedWorks, mostTallied, tally } from "./tally.ts";

/**
 * The works that at least `least` of the given works cite, and how many of them do: most of them first, equals most
 * cited first, then by work id. O(references of the given works).
 */
export function commonReferences(
  adjacency: Adjacency,
  works: readonly number[],
  { least, first }: { readonly least: number; readonly first: number },
  meter: Meter,
  scratch: Scratch,
): CountedWorks {
  const counted = tally(adjacency.references, [...new Set(works)], adjacency.size, meter, scratch);
  return mostTallied(adjacency, counted, { least, first }, meter);
}

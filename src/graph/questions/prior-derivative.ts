import type { Adjacency } from "../adjacency.ts";
import type { Meter } from "../budget.ts";
import type { Scratch } from "../scratch.ts";
import { type CountedWorks, mostTallied, tally } from "./tally.ts";

/**
 * Prior works of a set, as Connected Papers names them: those outside it that most of its works cite. Equals most
 * cited first, then by work id. O(references of the set).
 */
export function priorWorks(
  adjacency: Adjacency,
  set: readonly number[],
  first: number,
  meter: Meter,
  scratch: Scratch,
): CountedWorks {
  return mostTalliedOutside(adjacency, adjacency.references, set, first, meter, scratch);
}

/**
 * Derivative works of a set: those outside it that cite most of its works, like surveys of it. Equals most cited
 * first, then by work id. O(citations of the set).
 */
export function derivativeWorks(
  adjacency: Adjacency,
  set: readonly number[],
  first: number,
  meter: Meter,
  scratch: Scratch,
): CountedWorks {
  return mostTalliedOutside(adjacency, adjacency.citedBy, set, first, meter, scratch);
}

function mostTalliedOutside(
  adjacency: Adjacency,
  rows: Adjacency["references"],
  set: readonly number[],
  first: number,
  meter: Meter,
  scratch: Scratch,
): CountedWorks {
  const members = new Set(set);
  const counted = tally(rows, [...members], adjacency.size, meter, scratch);
  return mostTallied(adjacency, counted, { least: 1, first, without: members }, meter);
}

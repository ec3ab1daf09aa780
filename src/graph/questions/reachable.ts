import { type Adjacency, type CitationDirection, rowsOf } from "../adjacency.ts";
import type { Meter } from "../budget.ts";
import type { Scratch } from "../scratch.ts";

type Reachable = {
  /** The number of works by steps from the nearest root, which comes first. Ends with the last that is not 0. */
  readonly counts: readonly number[];
  /** All of them, including the roots; a view of scratch memory, valid until the next question. */
  readonly vertices: Uint32Array;
  readonly truncated: boolean;
};

/** All works reachable from the roots within a number of steps. O(edges of the reached works). */
export function reachable(
  adjacency: Adjacency,
  roots: readonly number[],
  direction: CitationDirection,
  maxDepth: number,
  meter: Meter,
  scratch: Scratch,
): Reachable {
  const { size } = adjacency;
  const { marks } = scratch;
  marks.begin(size, 1);
  const { stamps, base } = marks;
  const list = scratch.list(size);
  const sides = rowsOf(adjacency, direction);
  const counts: number[] = [];
  let end = 0;
  for (const root of roots) {
    if (stamps[root] === base + 1) continue;
    if (!meter.vertex()) break;
    stamps[root] = base + 1;
    list[end++] = root;
  }
  let from = 0;
  while (from < end) {
    counts.push(end - from);
    if (counts.length > maxDepth || meter.isShort) break;
    let next = end;
    search: for (const rows of sides) {
      for (let place = from; place < end; place++) {
        rows.seek(list[place] as number);
        const { cells, start } = rows;
        const stop = start + meter.edges(rows.end - start);
        for (let at = start; at < stop; at++) {
          const neighbour = (cells[at] as number) >>> 1;
          if ((stamps[neighbour] as number) > base) continue;
          if (!meter.vertex()) break search;
          stamps[neighbour] = base + 1;
          list[next++] = neighbour;
        }
        if (meter.exhausted !== null) break search;
      }
    }
    from = end;
    end = next;
  }
  return { counts, vertices: list.subarray(0, end), truncated: meter.isShort };
}

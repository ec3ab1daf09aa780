import type { Adjacency } from "../adjacency.ts";
import type { Meter } from "../budget.ts";
import type { Scratch } from "../scratch.ts";

export type Components = {
  /** The largest first; equals by the least work id in them. */
  readonly sizes: Uint32Array;
  /** By vertex, which of them it is in, counted from 1; 0 for indexes of works that are gone. */
  readonly componentOf: Uint32Array;
  /** The budget ended first: the components found so far, the last of them perhaps not whole. */
  readonly truncated: boolean;
};

/** The weakly connected components: what hangs together when edges are followed both ways. O(vertices + edges). */
export function connectedComponents(adjacency: Adjacency, meter: Meter, scratch: Scratch): Components {
  const { size } = adjacency;
  const componentOf = new Uint32Array(size);
  const list = scratch.list(size);
  const sides = [adjacency.references, adjacency.citedBy];
  const sizes: number[] = [];
  const least: number[] = [];
  for (let first = 0; first < size && meter.exhausted === null; first++) {
    if (componentOf[first] !== 0 || !adjacency.isPresent(first)) continue;
    const component = sizes.length + 1;
    componentOf[first] = component;
    list[0] = first;
    let end = 1;
    let leastMember = first;
    for (let place = 0; place < end && meter.exhausted === null; place++) {
      const vertex = list[place] as number;
      if (adjacency.compare(vertex, leastMember) < 0) leastMember = vertex;
      for (const rows of sides) {
        rows.seek(vertex);
        const { cells, start } = rows;
        const stop = start + meter.edges(rows.end - start);
        for (let at = start; at < stop; at++) {
          const neighbour = (cells[at] as number) >>> 1;
          if (componentOf[neighbour] !== 0) continue;
          componentOf[neighbour] = component;
          list[end++] = neighbour;
        }
      }
    }
    sizes.push(end);
    least.push(leastMember);
  }
  const order = sizes.map((_, index) => index);
  order.sort(
    (a, b) =>
      (sizes[b] as number) - (sizes[a] as number) ||
      adjacency.compare(least[a] as number, least[b] as number),
  );
  const numbers = new Uint32Array(sizes.length + 1);
  for (const [place, index] of order.entries()) numbers[index + 1] = place + 1;
  for (let vertex = 0; vertex < size; vertex++) {
    componentOf[vertex] = numbers[componentOf[vertex] as number] as number;
  }
  return {
    sizes: Uint32Array.from(order, (index) => sizes[index] as number),
    componentOf,
    truncated: meter.exhausted !== null,
  };
}

import { hashToPair, nodeRadius, type Positions } from "./geometry.ts";
import { findNeighbours, type Neighbourhood } from "./neighbourhood.ts";

/** A graph as numbers, for the thread that lays it out. Works are numbered in the order of `order`. */
export type ForceTask = {
  readonly radii: Float32Array;
  /** x and y of each work in turn. */
  readonly start: Float32Array;
  /** Both ends of each citation in turn. */
  readonly endpoints: Uint32Array;
};

export type ForceProgress = { readonly coordinates: Float32Array; readonly isDone: boolean };

/** The order of works that a task, and what comes of it, goes by. */
export function forceOrder({ works }: Neighbourhood): readonly string[] {
  return [...works.keys()].sort();
}

export function createForceTask(neighbourhood: Neighbourhood): ForceTask {
  const order = forceOrder(neighbourhood);
  const numbers = new Map(order.map((id, number) => [id, number]));
  const works = order.flatMap((id) => neighbourhood.works.get(id) ?? []);
  const mostCited = Math.max(0, ...works.map(({ citedByCount }) => citedByCount));
  const ends: number[] = [];
  for (const [id, others] of findNeighbours(neighbourhood)) {
    for (const other of others) {
      const [one, two] = [numbers.get(id) ?? 0, numbers.get(other) ?? 0];
      if (one < two) ends.push(one, two);
    }
  }
  return {
    radii: Float32Array.from(works, ({ citedByCount }) => nodeRadius(citedByCount, mostCited)),
    start: Float32Array.from(works.flatMap(({ id, depth }) => startPosition(id, depth ?? 1))),
    endpoints: Uint32Array.from(ends),
  };
}

/** Those asked about in the middle, the others around them: always the same, so the same link shows the same. */
function startPosition(id: string, depth: number): [number, number] {
  const [angle, distance] = hashToPair(id);
  const radius = 20 + 150 * depth + 100 * distance;
  return [radius * Math.cos(angle * 2 * Math.PI), radius * Math.sin(angle * 2 * Math.PI)];
}

/** What a thread computed, by the works' ids. */
export function toPositions(order: readonly string[], coordinates: Float32Array): Positions {
  return new Map(
    order.map((id, number) => [id, { x: coordinates[2 * number] ?? 0, y: coordinates[2 * number + 1] ?? 0 }]),
  );
}

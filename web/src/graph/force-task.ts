import { hashToPair, nodeRadius, type Positions } from "./geometry.ts";
import { findNeighbours, type Neighbourhood } from "./neighbourhood.ts";

/** A graph as numbers, for the worker. Works are numbered by their index in `forceOrder`. */
export type ForceTask = {
  readonly radii: Float32Array;
  /** x and y of each work: [x0, y0, x1, y1, …]. */
  readonly start: Float32Array;
  /** The works at both ends of each citation: [from0, to0, from1, to1, …]. */
  readonly endpoints: Uint32Array;
};

export type ForceProgress = { readonly coordinates: Float32Array; readonly isDone: boolean };

/** The ids of the works in the order in which a task numbers them. */
export function forceOrder({ works }: Neighbourhood): readonly string[] {
  return [...works.keys()].sort();
}

export function createForceTask(neighbourhood: Neighbourhood): ForceTask {
  const order = forceOrder(neighbourhood);
  const numbers = new Map(order.map((id, number) => [id, number]));
  const works = order.flatMap((id) => neighbourhood.works.get(id) ?? []);
  const maxCitedByCount = Math.max(0, ...works.map(({ citedByCount }) => citedByCount));
  const ends: number[] = [];
  for (const [id, others] of findNeighbours(neighbourhood)) {
    for (const other of others) {
      const [one, two] = [numbers.get(id) ?? 0, numbers.get(other) ?? 0];
      if (one < two) ends.push(one, two);
    }
  }
  return {
    radii: Float32Array.from(works, ({ citedByCount }) => nodeRadius(citedByCount, maxCitedByCount)),
    start: Float32Array.from(works.flatMap(({ id, depth }) => startPosition(id, depth ?? 1))),
    endpoints: Uint32Array.from(ends),
  };
}

/** Roots start in the middle, other works around them. Deterministic: the same link shows the same picture. */
function startPosition(id: string, depth: number): [number, number] {
  const [angle, distance] = hashToPair(id);
  const radius = 20 + 150 * depth + 100 * distance;
  return [radius * Math.cos(angle * 2 * Math.PI), radius * Math.sin(angle * 2 * Math.PI)];
}

/** Coordinates from the worker, by work id. */
export function toPositions(order: readonly string[], coordinates: Float32Array): Positions {
  return new Map(
    order.map((id, number) => [id, { x: coordinates[2 * number] ?? 0, y: coordinates[2 * number + 1] ?? 0 }]),
  );
}

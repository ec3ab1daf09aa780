import { type Positions, radiusOf, scatter } from "./geometry.ts";
import { type Neighbourhood, neighboursWithin } from "./neighbourhood.ts";

/** A graph as numbers, for the thread that lays it out. Works are numbered in the order of `order`. */
export type ForceTask = {
  readonly radii: Float32Array;
  /** x and y of each work in turn. */
  readonly start: Float32Array;
  /** Both ends of each citation in turn. */
  readonly ends: Uint32Array;
};

export type ForceProgress = { readonly coordinates: Float32Array; readonly isDone: boolean };

/** The order of works that a task, and what comes of it, goes by. */
export function forceOrder({ works }: Neighbourhood): readonly string[] {
  return [...works.keys()].sort();
}

export function forceTask(neighbourhood: Neighbourhood): ForceTask {
  const order = forceOrder(neighbourhood);
  const numbers = new Map(order.map((id, number) => [id, number]));
  const works = order.flatMap((id) => neighbourhood.works.get(id) ?? []);
  const mostCited = Math.max(0, ...works.map(({ citedByCount }) => citedByCount));
  const ends: number[] = [];
  for (const [id, others] of neighboursWithin(neighbourhood)) {
    for (const other of others) {
      const [one, two] = [numbers.get(id) ?? 0, numbers.get(other) ?? 0];
      if (one < two) ends.push(one, two);
    }
  }
  return {
    radii: Float32Array.from(works, ({ citedByCount }) => radiusOf(citedByCount, mostCited)),
    start: Float32Array.from(works.flatMap(({ id, depth }) => startOf(id, depth ?? 1))),
    ends: Uint32Array.from(ends),
  };
}

/** Those asked about in the middle, the others around them: always the same, so the same link shows the same. */
function startOf(id: string, depth: number): [number, number] {
  const [turn, out] = scatter(id);
  const radius = 20 + 150 * depth + 100 * out;
  return [radius * Math.cos(turn * 2 * Math.PI), radius * Math.sin(turn * 2 * Math.PI)];
}

/** What a thread computed, by the works' ids. */
export function positionsOf(order: readonly string[], coordinates: Float32Array): Positions {
  return new Map(
    order.map((id, number) => [id, { x: coordinates[2 * number] ?? 0, y: coordinates[2 * number + 1] ?? 0 }]),
  );
}

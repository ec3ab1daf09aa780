import { DirectedGraph } from "graphology";
import forceAtlas2, { inferSettings } from "graphology-layout-forceatlas2";
import type { ForceProgress, ForceTask } from "./force-task.ts";

/**
 * Lays out a graph with ForceAtlas2, yielding after each round. The same task gives the same positions, unless time
 * runs out: then the last round, which separates overlapping nodes, follows immediately.
 */
export function* runForceSteps(
  { radii, start, endpoints }: ForceTask,
  isTimeUp: () => boolean = () => false,
): Generator<ForceProgress> {
  const count = radii.length;
  const graph = new DirectedGraph<{ x: number; y: number; size: number }>();
  for (const [number, size] of radii.entries()) {
    graph.addNode(number, { x: start[2 * number] ?? 0, y: start[2 * number + 1] ?? 0, size });
  }
  for (let at = 0; at < endpoints.length; at += 2) graph.mergeEdge(endpoints[at], endpoints[at + 1]);
  const rounds = count < 2 ? 0 : count > 500 ? 10 : 16;
  const settings = {
    ...inferSettings(count),
    gravity: 0.6,
    scalingRatio: 12,
    slowDown: 2,
    barnesHutOptimize: count > 300,
    // Prevent overlaps only in the last rounds, after connected works have moved together.
    adjustSizes: false,
  };
  for (let round = 0; round < rounds; round++) {
    if (isTimeUp()) round = rounds - 1;
    const isLate = round >= rounds - 3;
    forceAtlas2.assign(graph, { iterations: 25, settings: { ...settings, adjustSizes: isLate } });
    if (round < rounds - 1) yield { coordinates: readCoordinates(graph, count), isDone: false };
  }
  yield { coordinates: readCoordinates(graph, count), isDone: true };
}

/** Scales coordinates to about pixels, so that the graph is as wide as its works need. */
function readCoordinates(graph: DirectedGraph<{ x: number; y: number }>, count: number): Float32Array {
  const coordinates = new Float32Array(2 * count);
  let furthest = 1;
  graph.forEachNode((node, { x, y }) => {
    coordinates.set([x, y], 2 * Number(node));
    furthest = Math.max(furthest, Math.abs(x), Math.abs(y));
  });
  const scale = Math.max(260, 19 * Math.sqrt(count)) / furthest;
  return coordinates.map((value) => value * scale);
}

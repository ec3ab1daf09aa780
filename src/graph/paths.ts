import { type Adjacency, type CitationDirection, type Rows, reversed, rowsOf } from "./adjacency.ts";
import type { Meter } from "./budget.ts";
import type { Marks, Scratch } from "./scratch.ts";

type ShortestPath = {
  /** From the first to the last; null if no path is short enough, or none was found within the budget. */
  readonly vertices: readonly number[] | null;
  /** The budget ended before there was an answer. */
  readonly truncated: boolean;
};

/** One of the two searches: the vertices it has reached, by distance. */
type Search = {
  readonly rows: readonly Rows[];
  /** Whether a vertex may lie on a path to the start of the other search. */
  readonly mayReachGoal: (vertex: number) => boolean;
  /** A vertex at distance d has the note d + 1. */
  readonly marks: Marks;
  readonly list: Uint32Array;
  /** The index of the first vertex at the greatest distance. */
  from: number;
  end: number;
  distance: number;
};

/**
 * A shortest path in a direction. Of several, the one whose sequence of work ids is lexicographically least.
 *
 * Bidirectional search that always expands the side whose next step costs fewer edges. It ends as soon as one side has
 * nothing left: if a work has few citations or references, a missing path is proved at once. Vertices on the wrong side
 * of the goal's level are skipped. O(edges) in the worst case.
 */
export function shortestPath(
  adjacency: Adjacency,
  first: number,
  last: number,
  direction: CitationDirection,
  maxDepth: number,
  meter: Meter,
  scratch: Scratch,
): ShortestPath {
  if (first === last) return { vertices: [first], truncated: false };
  const forwardRows = rowsOf(adjacency, direction);
  const backwardRows = rowsOf(adjacency, reversed(direction));
  const { size } = adjacency;
  const notes = Math.min(maxDepth, size) + 2;
  scratch.marks.begin(size, notes);
  scratch.otherMarks.begin(size, notes);
  const mayReachLast = levelFilter(adjacency, direction, last);
  if (!mayReachLast(first)) return { vertices: null, truncated: false };
  const forward = begin(forwardRows, mayReachLast, scratch.marks, scratch.list(size), first);
  const mayReachFirst = levelFilter(adjacency, reversed(direction), first);
  const backward = begin(backwardRows, mayReachFirst, scratch.otherMarks, scratch.otherList(size), last);
  while (forward.distance + backward.distance < maxDepth) {
    const isForward = costOfStep(forward) <= costOfStep(backward);
    const side = isForward ? forward : backward;
    const meeting = step(side, isForward ? backward : forward, meter);
    if (meeting === null) return { vertices: null, truncated: true };
    if (meeting.length > 0) {
      return {
        vertices: smallestPath(adjacency, {
          first,
          last,
          forward,
          backward,
          meeting,
          backwardRows,
          forwardRows,
        }),
        truncated: false,
      };
    }
    if (side.from === side.end) break;
  }
  return { vertices: null, truncated: false };
}

function begin(
  rows: readonly Rows[],
  mayReachGoal: Search["mayReachGoal"],
  marks: Marks,
  list: Uint32Array,
  vertex: number,
): Search {
  marks.set(vertex, 1);
  list[0] = vertex;
  return { rows, mayReachGoal, marks, list, from: 0, end: 1, distance: 0 };
}

/** A predicate for vertices that may lie on a path in a direction to a goal, by their levels. */
function levelFilter(
  { levels }: Adjacency,
  direction: CitationDirection,
  goal: number,
): Search["mayReachGoal"] {
  if (levels === null || direction === "BOTH") return () => true;
  const level = levels.of(goal);
  return direction === "REFERENCES"
    ? (vertex) => levels.of(vertex) >= level
    : (vertex) => levels.of(vertex) <= level;
}

/** The number of edges that the next step reads. */
function costOfStep({ rows, list, from, end }: Search): number {
  let cost = 0;
  for (const side of rows)
    for (let place = from; place < end; place++) cost += side.degree(list[place] as number);
  return cost;
}

/**
 * Expands a search by one step. Returns the vertices that both have reached. There were none before, so all of them lie
 * on shortest paths. Null if the budget ended.
 */
function step(search: Search, other: Search, meter: Meter): number[] | null {
  const { marks, list, from, end, mayReachGoal } = search;
  const { stamps, base } = marks;
  const { stamps: otherStamps, base: otherBase } = other.marks;
  const note = base + search.distance + 2;
  const meeting: number[] = [];
  let next = end;
  for (const rows of search.rows) {
    for (let place = from; place < end; place++) {
      rows.seek(list[place] as number);
      const { cells, start } = rows;
      const stop = start + meter.countEdges(rows.end - start);
      for (let at = start; at < stop; at++) {
        const neighbour = (cells[at] as number) >>> 1;
        if ((stamps[neighbour] as number) > base || !mayReachGoal(neighbour)) continue;
        if (!meter.countVertex()) return null;
        stamps[neighbour] = note;
        list[next++] = neighbour;
        if ((otherStamps[neighbour] as number) > otherBase) meeting.push(neighbour);
      }
      if (meter.exhausted !== null) return null;
    }
  }
  search.from = end;
  search.end = next;
  search.distance++;
  return meeting;
}

type Meeting = {
  readonly first: number;
  readonly last: number;
  readonly forward: Search;
  readonly backward: Search;
  readonly meeting: readonly number[];
  readonly forwardRows: readonly Rows[];
  readonly backwardRows: readonly Rows[];
};

/** The path with the least ids among all through a meeting vertex. */
function smallestPath(adjacency: Adjacency, met: Meeting): number[] {
  const { first, last, forward, backward, meeting, forwardRows, backwardRows } = met;
  // By distance from the first, the vertices from which a meeting vertex can be reached in the remaining steps.
  const layers: ReadonlySet<number>[] = [];
  layers[forward.distance] = new Set(meeting);
  for (let distance = forward.distance; distance > 1; distance--) {
    const layer = new Set<number>();
    for (const vertex of layers[distance] as ReadonlySet<number>) {
      eachNeighbour(backwardRows, vertex, (neighbour) => {
        if (forward.marks.get(neighbour) === distance) layer.add(neighbour);
      });
    }
    layers[distance - 1] = layer;
  }
  const path = [first];
  const length = forward.distance + backward.distance;
  for (let distance = 1; distance < length; distance++) {
    let least = -1;
    eachNeighbour(forwardRows, path[distance - 1] as number, (neighbour) => {
      const isOnPath =
        distance <= forward.distance
          ? (layers[distance] as ReadonlySet<number>).has(neighbour)
          : backward.marks.get(neighbour) === length - distance + 1;
      if (isOnPath && (least < 0 || adjacency.compare(neighbour, least) < 0)) least = neighbour;
    });
    path.push(least);
  }
  path.push(last);
  return path;
}

function eachNeighbour(sides: readonly Rows[], vertex: number, use: (neighbour: number) => void): void {
  for (const rows of sides) {
    rows.seek(vertex);
    const { cells, start, end } = rows;
    for (let at = start; at < end; at++) use((cells[at] as number) >>> 1);
  }
}

/** For each vertex, the longest chain that begins there. */
type Chains = {
  /** Steps; -1 if no chain from here ends at `end`. */
  readonly lengths: Int32Array;
  /** The next vertex of such a chain; -1 at its end. */
  readonly next: Int32Array;
};

/**
 * The longest chains of anchors that go back in time: a step leads from a vertex to an anchor of it with an earlier
 * time, so chains have no cycles. Of equally long chains, the one whose next vertex comes first by `compare`. `times`
 * is -Infinity if unknown: a chain ends there. `end` is the last vertex of all chains; anywhere by default. O(vertices
 * × log(vertices) + anchors).
 */
export function longestChains(
  times: Float64Array,
  anchorsOf: (vertex: number) => Iterable<number>,
  compare: (a: number, b: number) => number,
  end?: number,
): Chains {
  const size = times.length;
  const lengths = new Int32Array(size).fill(end === undefined ? 0 : -1);
  const next = new Int32Array(size).fill(-1);
  if (end !== undefined) lengths[end] = 0;
  // All possible successors of a vertex come before it.
  const order = Uint32Array.from(times.keys()).sort(
    (a, b) => Math.sign((times[a] as number) - (times[b] as number)) || 0,
  );
  for (const vertex of order) {
    if (vertex === end) continue;
    for (const anchor of anchorsOf(vertex)) {
      const length = lengths[anchor] as number;
      if (length < 0 || !((times[anchor] as number) < (times[vertex] as number))) continue;
      const best = lengths[vertex] as number;
      const isLonger = length + 1 > best;
      if (isLonger || (length + 1 === best && compare(anchor, next[vertex] as number) < 0)) {
        lengths[vertex] = length + 1;
        next[vertex] = anchor;
      }
    }
  }
  return { lengths, next };
}

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
    if (!meter.countVertex()) break;
    stamps[root] = base + 1;
    list[end++] = root;
  }
  let from = 0;
  while (from < end) {
    counts.push(end - from);
    if (counts.length > maxDepth || meter.isBudgetExhausted) break;
    let next = end;
    search: for (const rows of sides) {
      for (let place = from; place < end; place++) {
        rows.seek(list[place] as number);
        const { cells, start } = rows;
        const stop = start + meter.countEdges(rows.end - start);
        for (let at = start; at < stop; at++) {
          const neighbour = (cells[at] as number) >>> 1;
          if ((stamps[neighbour] as number) > base) continue;
          if (!meter.countVertex()) break search;
          stamps[neighbour] = base + 1;
          list[next++] = neighbour;
        }
        if (meter.exhausted !== null) break search;
      }
    }
    from = end;
    end = next;
  }
  return { counts, vertices: list.subarray(0, end), truncated: meter.isBudgetExhausted };
}

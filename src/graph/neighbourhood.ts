import { type Adjacency, type CitationDirection, rowsOf } from "./adjacency.ts";
import type { Meter } from "./budget.ts";
import { roundRobin, sortMostCited, TopK } from "./order.ts";
import type { Marks, Scratch } from "./scratch.ts";

type NeighbourhoodOptions = {
  readonly direction: CitationDirection;
  /** Maximum steps from the roots. */
  readonly depth: number;
  /** Maximum number of vertices, including the roots. */
  readonly maxNodes: number;
  readonly withoutEdges?: boolean;
};

/** A subgraph with all edges of the graph between its vertices, unless `withoutEdges` is set. */
export type Neighbourhood = {
  /** The roots in the order given, then by depth; at each depth most cited first, equals by work id. */
  readonly vertices: Uint32Array;
  /** For each vertex, the steps from the nearest root. */
  readonly depths: Uint32Array;
  readonly edges: NeighbourhoodEdges;
  /** Something within the depth is missing, vertex or edge. */
  readonly truncated: boolean;
  /** The cause was the budget, not `maxNodes`: the same question may have another answer later. */
  readonly isBudgetExhausted: boolean;
};

/** Edges as places in `vertices`, ascending by the citing work's, then by the cited work's id. */
type NeighbourhoodEdges = {
  readonly citing: Uint32Array;
  readonly cited: Uint32Array;
  /** 1 or 0. */
  readonly isInternalAnchor: Uint8Array;
};

/**
 * Breadth-first search from the roots, up to a depth. If not all fits into `maxNodes`, a single root keeps the most
 * cited of the first depth that does not fit, and nothing beyond. Several roots share the places: in each round every
 * root adds the next work of its own neighbourhood, ordered as for a single root. O(edges of the vertices) and sorting
 * each depth; if roots share, up to that for each of them.
 */
export function neighbourhood(
  adjacency: Adjacency,
  roots: readonly number[],
  options: NeighbourhoodOptions,
  meter: Meter,
  scratch: Scratch,
): Neighbourhood {
  let reached = breadthFirst(adjacency, roots, options, meter, scratch);
  let { truncated } = reached;
  if (reached.isLimited && reached.rootCount > 1) {
    const ownRoots = [...reached.vertices.subarray(0, reached.rootCount)];
    markFairShares(adjacency, ownRoots, options, meter, scratch);
    reached = breadthFirst(adjacency, roots, options, meter, scratch, scratch.otherMarks);
    truncated = true;
  }
  const { vertices, depths } = reached;
  const { edges, isComplete } =
    options.withoutEdges === true
      ? { edges: noEdges(), isComplete: true }
      : edgesAmong(adjacency, vertices, scratch, meter);
  return {
    vertices,
    depths,
    edges,
    truncated: truncated || !isComplete,
    isBudgetExhausted: meter.isBudgetExhausted,
  };
}

/** Marks in `otherMarks` the roots and their fair shares of what they reach, `maxNodes` vertices together. */
function markFairShares(
  adjacency: Adjacency,
  roots: readonly number[],
  options: NeighbourhoodOptions,
  meter: Meter,
  scratch: Scratch,
): void {
  const { maxNodes } = options;
  let limit = Math.ceil(maxNodes / roots.length);
  type RootNeighbourhood = {
    readonly root: number;
    readonly vertices: Uint32Array;
    readonly isLimited: boolean;
  };
  let own = roots.map<RootNeighbourhood>((root) => ({
    root,
    vertices: Uint32Array.of(root),
    isLimited: true,
  }));
  let chosen: ReadonlySet<number>;
  for (;;) {
    own = own.map((each) => {
      if (!each.isLimited) return each;
      const { vertices, isLimited } = breadthFirst(
        adjacency,
        [each.root],
        { ...options, maxNodes: limit },
        meter,
        scratch,
      );
      return { root: each.root, vertices, isLimited };
    });
    chosen = roundRobin(
      own.map(({ vertices }) => vertices),
      maxNodes,
    );
    // A longer list begins like the shorter one, so complete rounds do not change.
    if (chosen.size === maxNodes || meter.isBudgetExhausted || !own.some(({ isLimited }) => isLimited)) break;
    limit = Math.min(2 * limit, maxNodes);
  }
  scratch.otherMarks.begin(adjacency.size, 1);
  for (const vertex of [...roots, ...chosen]) scratch.otherMarks.set(vertex, 1);
}

type BreadthFirstResult = {
  /** The roots in the order given, then by depth; at each depth most cited first, equals by work id. */
  readonly vertices: Uint32Array;
  readonly depths: Uint32Array;
  readonly rootCount: number;
  readonly truncated: boolean;
  /** A depth beyond the roots did not fit into `maxNodes`, and the budget was not the reason. */
  readonly isLimited: boolean;
};

/** Breadth-first search from the roots; with `within`, only through vertices that have a note there. */
function breadthFirst(
  adjacency: Adjacency,
  roots: readonly number[],
  { direction, depth, maxNodes }: NeighbourhoodOptions,
  meter: Meter,
  scratch: Scratch,
  within: Marks | null = null,
): BreadthFirstResult {
  const { size } = adjacency;
  const { marks } = scratch;
  // Each visited vertex has a note: a chosen one its place, a candidate the number after all places.
  const candidate = Math.min(size, maxNodes) + 1;
  marks.begin(size, candidate);
  const list = scratch.list(size);
  const depthEnds: number[] = [];
  let count = 0;
  let truncated = false;
  let isLimited = false;
  for (const root of roots) {
    if (marks.get(root) > 0) continue;
    if (count === maxNodes || !meter.countVertex()) {
      truncated = true;
      break;
    }
    list[count++] = root;
    marks.set(root, count);
  }
  const rootCount = count;
  depthEnds.push(count);
  let from = 0;
  for (let steps = 1; steps <= depth && from < count && !truncated; steps++) {
    const isFull = count === maxNodes;
    const level = { list, from, end: count, marks, candidate, isFull, within };
    const found = list.subarray(count, collect(adjacency, direction, level, meter));
    isLimited = !meter.isBudgetExhausted && count + found.length > maxNodes;
    truncated = meter.isBudgetExhausted || isLimited;
    const kept = Math.min(found.length, maxNodes - count);
    if (kept < found.length) {
      const best = new TopK(kept, adjacency);
      for (const vertex of found) {
        best.offer(vertex, adjacency.citedBy.degree(vertex), 0);
        marks.stamps[vertex] = 0;
      }
      found.set(best.sorted().map(({ vertex }) => vertex));
    } else sortMostCited(adjacency, found);
    from = count;
    count += kept;
    for (let place = from; place < count; place++) marks.set(list[place] as number, place + 1);
    if (kept > 0) depthEnds.push(count);
  }
  const vertices = list.slice(0, count);
  const depths = new Uint32Array(count);
  for (let step = 1; step < depthEnds.length; step++) depths.fill(step, depthEnds[step - 1], depthEnds[step]);
  return { vertices, depths, rootCount, truncated, isLimited };
}

type Level = {
  readonly list: Uint32Array;
  readonly from: number;
  readonly end: number;
  readonly marks: Marks;
  readonly candidate: number;
  /** One more vertex shows that there are more. */
  readonly isFull: boolean;
  /** Only vertices with a note here are visited; null: all. */
  readonly within: Marks | null;
};

/** Appends to the list the unvisited neighbours of its entries from `from` to `end`. Returns its new end. */
function collect(
  adjacency: Adjacency,
  direction: CitationDirection,
  { list, from, end, marks, candidate, isFull, within }: Level,
  meter: Meter,
): number {
  const { stamps, base } = marks;
  let next = end;
  for (const rows of rowsOf(adjacency, direction)) {
    for (let place = from; place < end; place++) {
      rows.seek(list[place] as number);
      const { cells, start } = rows;
      const stop = start + meter.countEdges(rows.end - start);
      for (let at = start; at < stop; at++) {
        const neighbour = (cells[at] as number) >>> 1;
        if ((stamps[neighbour] as number) > base) continue;
        if (within !== null && within.get(neighbour) === 0) continue;
        if (!meter.countVertex()) return next;
        stamps[neighbour] = base + candidate;
        list[next++] = neighbour;
        if (isFull) return next;
      }
      if (meter.exhausted !== null) return next;
    }
  }
  return next;
}

function noEdges(): NeighbourhoodEdges {
  return { citing: new Uint32Array(), cited: new Uint32Array(), isInternalAnchor: new Uint8Array() };
}

/** All edges between vertices whose notes are their places, counted from 1. */
function edgesAmong(
  adjacency: Adjacency,
  vertices: Uint32Array,
  { marks, edges }: Scratch,
  meter: Meter,
): { edges: NeighbourhoodEdges; isComplete: boolean } {
  const { references, orderedSize } = adjacency;
  const { stamps, base } = marks;
  const top = base + vertices.length;
  const ends = new Uint32Array(vertices.length);
  let count = 0;
  for (let place = 0; place < vertices.length; place++) {
    references.seek(vertices[place] as number);
    const { cells, start } = references;
    const stop = start + meter.countEdges(references.end - start);
    const found = edges.reserve(count, stop - start);
    const first = count;
    for (let at = start; at < stop; at++) {
      const cell = cells[at] as number;
      const stamp = stamps[cell >>> 1] as number;
      if (stamp > base && stamp <= top) found[count++] = (((stamp - base - 1) << 1) | (cell & 1)) >>> 0;
    }
    // A row is sorted by id, except for works added later, which come last.
    if (stop > start && (cells[stop - 1] as number) >>> 1 >= orderedSize) {
      sortById(adjacency, vertices, found.subarray(first, count));
    }
    ends[place] = count;
    if (meter.exhausted !== null) {
      ends.fill(count, place);
      break;
    }
  }
  return { edges: columnsOf(edges.reserve(count, 0), ends, count), isComplete: meter.exhausted === null };
}

/** Sorts cells, which are places, by the ids of the works there. */
function sortById(adjacency: Adjacency, vertices: Uint32Array, cells: Uint32Array): void {
  const vertexOf = (cell: number) => vertices[cell >>> 1] as number;
  cells.sort((a, b) => adjacency.compare(vertexOf(a), vertexOf(b)));
}

function columnsOf(found: Uint32Array, ends: Uint32Array, count: number): NeighbourhoodEdges {
  const citing = new Uint32Array(count);
  const cited = new Uint32Array(count);
  const isInternalAnchor = new Uint8Array(count);
  let at = 0;
  for (let place = 0; place < ends.length; place++) {
    for (const end = ends[place] as number; at < end; at++) {
      const cell = found[at] as number;
      citing[at] = place;
      cited[at] = cell >>> 1;
      isInternalAnchor[at] = cell & 1;
    }
  }
  return { citing, cited, isInternalAnchor };
}

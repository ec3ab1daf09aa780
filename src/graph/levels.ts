import type { Rows, SparseRows } from "./adjacency.ts";

/*
 * A work's level is never below that of a work it cites. So no path along references leads to a higher level, and a
 * search for a path can skip vertices below its goal. Most pairs of works have no path, and this shows it early. Any
 * numbers that keep the rule are valid; the more they differ, the more a search skips.
 */

/**
 * The level of each vertex: the length of the longest path along references, with each cycle counted as one vertex.
 * Tarjan's algorithm for strongly connected components, without recursion. O(vertices + edges).
 */
export function computeLevels({ offsets, cells }: SparseRows, levels: Uint32Array): void {
  const size = offsets.length - 1;
  // By vertex: 0 until found; its order of discovery, from 1, while its component is open; then `closed` plus its level.
  // One read gives all that an edge needs.
  const states = new Uint32Array(size);
  const earliest = new Uint32Array(size);
  const next = offsets.slice(0, size);
  const path = new Uint32Array(size);
  const open = new Uint32Array(size);
  let openEnd = 0;
  let count = 0;
  for (let root = 0; root < size; root++) {
    if (states[root] !== 0) continue;
    let pathEnd = 0;
    for (let deeper = root; ; ) {
      if (deeper >= 0) {
        states[deeper] = ++count;
        earliest[deeper] = count;
        path[pathEnd++] = deeper;
        open[openEnd++] = deeper;
      }
      const vertex = path[pathEnd - 1] as number;
      const end = offsets[vertex + 1] as number;
      let at = next[vertex] as number;
      let level = levels[vertex] as number;
      let first = earliest[vertex] as number;
      deeper = -1;
      while (at < end) {
        const neighbour = (cells[at++] as number) >>> 1;
        const state = states[neighbour] as number;
        if (state >= closed) level = Math.max(level, state - closed + 1);
        else if (state > 0) first = Math.min(first, state);
        else {
          deeper = neighbour;
          break;
        }
      }
      next[vertex] = at;
      levels[vertex] = level;
      earliest[vertex] = first;
      if (deeper >= 0) continue;
      pathEnd--;
      const isComplete = first === states[vertex];
      if (isComplete) {
        let from = openEnd;
        do level = Math.max(level, levels[open[--from] as number] as number);
        while (open[from] !== vertex);
        for (let place = from; place < openEnd; place++) {
          levels[open[place] as number] = level;
          states[open[place] as number] = closed + level;
        }
        openEnd = from;
      }
      if (pathEnd === 0) break;
      const before = path[pathEnd - 1] as number;
      levels[before] = Math.max(levels[before] as number, level + Number(isComplete));
      if (!isComplete) earliest[before] = Math.min(earliest[before] as number, first);
    }
  }
}

const closed = 2 ** 31;

const pageBits = 8;
const pageSize = 1 << pageBits;

/** The levels of a base, with those raised since. Immutable; later versions share its pages. */
export class Levels {
  readonly #base: Uint32Array;
  readonly #pages: readonly (Uint32Array | undefined)[];

  constructor(base: Uint32Array, pages: readonly (Uint32Array | undefined)[] = []) {
    this.#base = base;
    this.#pages = pages;
  }

  of(vertex: number): number {
    const page = this.#pages[vertex >>> pageBits];
    return ((page === undefined ? this.#base[vertex] : page[vertex & (pageSize - 1)]) ?? 0) as number;
  }

  /**
   * Levels that keep the rule for new edges as well, given as pairs: a citing work that is too low is raised, then the
   * works that cite it. Yields from time to time. Null if more than `maxEdgesRead` edges are read: levels are then
   * recomputed with the next base.
   */
  *withEdges(edges: readonly number[], citedBy: Rows, maxEdgesRead = 20_000): Generator<void, Levels | null> {
    const pages = [...this.#pages];
    const own = new Set<number>();
    const levelOf = (vertex: number) =>
      (pages[vertex >>> pageBits]?.[vertex & (pageSize - 1)] ?? this.#base[vertex] ?? 0) as number;
    const raise = (vertex: number, level: number) => {
      const number = vertex >>> pageBits;
      if (!own.has(number)) {
        own.add(number);
        while (pages.length <= number) pages.push(undefined);
        const start = number << pageBits;
        const page = pages[number]?.slice() ?? new Uint32Array(pageSize);
        if (pages[number] === undefined) page.set(this.#base.subarray(start, start + pageSize));
        pages[number] = page;
      }
      (pages[number] as Uint32Array)[vertex & (pageSize - 1)] = level;
    };
    let edgesRead = 0;
    for (let edge = 0; edge < edges.length; edge += 2) {
      if (edge % 1024 === 1022) yield;
      const citing = edges[edge] as number;
      const level = levelOf(edges[edge + 1] as number);
      // A work without citations can be put above those it cites at no cost, which lets searches skip more.
      const minLevel = citedBy.degree(citing) === 0 ? level + 1 : level;
      if (levelOf(citing) >= minLevel) continue;
      raise(citing, minLevel);
      const raised = [citing];
      for (let vertex = raised.pop(); vertex !== undefined; vertex = raised.pop()) {
        const lowest = levelOf(vertex);
        citedBy.seek(vertex);
        const { cells, start, end } = citedBy;
        edgesRead += end - start;
        if (edgesRead > maxEdgesRead) return null;
        for (let at = start; at < end; at++) {
          const above = (cells[at] as number) >>> 1;
          if (levelOf(above) >= lowest) continue;
          raise(above, lowest);
          raised.push(above);
        }
      }
    }
    return own.size === 0 ? this : new Levels(this.#base, pages);
  }
}

import type { Adjacency } from "./adjacency.ts";

/** Degrees below it fit into the 53 bits of a double together with an index. */
const degreeLimit = 2 ** 22;

/** Sorts works in place: most cited first, equals by work id. O(n log n), on plain numbers. */
export function sortMostCited(adjacency: Adjacency, vertices: Uint32Array): void {
  const { citedBy } = adjacency;
  const keys = new Float64Array(vertices.length);
  for (let index = 0; index < keys.length; index++) {
    const vertex = vertices[index] as number;
    const degree = citedBy.degree(vertex);
    if (degree >= degreeLimit) {
      vertices.sort((a, b) => citedBy.degree(b) - citedBy.degree(a) || adjacency.compare(a, b));
      return;
    }
    keys[index] = (degreeLimit - 1 - degree) * 2 ** 31 + vertex;
  }
  keys.sort();
  let isOrdered = true;
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] as number;
    // Equals `key % 2 ** 31`, which is many times slower for numbers this large.
    const vertex = key - Math.floor(key / 2 ** 31) * 2 ** 31;
    vertices[index] = vertex;
    // Indexes are in the order of ids, except for works added later.
    if (index > 0 && isOrdered) {
      const before = vertices[index - 1] as number;
      isOrdered = citedBy.degree(before) > citedBy.degree(vertex) || adjacency.compare(before, vertex) < 0;
    }
  }
  if (!isOrdered) {
    vertices.sort((a, b) => citedBy.degree(b) - citedBy.degree(a) || adjacency.compare(a, b));
  }
}

/**
 * Keeps the best of many: the greatest by `first`, then by `second`, then the least work id. O(log capacity) for each
 * item that is better than the worst kept, O(1) for all others.
 */
export class TopK {
  readonly #capacity: number;
  readonly #compare: (a: number, b: number) => number;
  /** A heap, the worst on top. */
  readonly #vertices: number[] = [];
  readonly #first: number[] = [];
  readonly #second: number[] = [];

  constructor(capacity: number, adjacency: Pick<Adjacency, "compare">) {
    this.#capacity = capacity;
    this.#compare = (a, b) => adjacency.compare(a, b);
  }

  offer(vertex: number, first: number, second: number): void {
    const length = this.#vertices.length;
    if (length < this.#capacity) {
      this.#vertices.push(vertex);
      this.#first.push(first);
      this.#second.push(second);
      this.#rise(length);
    } else if (length > 0 && this.#isWorse(0, vertex, first, second)) {
      this.#vertices[0] = vertex;
      this.#first[0] = first;
      this.#second[0] = second;
      this.#sink(0);
    }
  }

  /** The items kept, best first. */
  sorted(): { vertex: number; first: number; second: number }[] {
    return this.#vertices
      .map((vertex, at) => ({ vertex, first: this.#first[at] as number, second: this.#second[at] as number }))
      .sort((a, b) => b.first - a.first || b.second - a.second || this.#compare(a.vertex, b.vertex));
  }

  #isWorse(at: number, vertex: number, first: number, second: number): boolean {
    const difference = (this.#first[at] as number) - first || (this.#second[at] as number) - second;
    return difference === 0 ? this.#compare(this.#vertices[at] as number, vertex) > 0 : difference < 0;
  }

  #isWorseThan(at: number, other: number): boolean {
    return this.#isWorse(
      at,
      this.#vertices[other] as number,
      this.#first[other] as number,
      this.#second[other] as number,
    );
  }

  #rise(from: number): void {
    for (let at = from; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!this.#isWorseThan(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #sink(from: number): void {
    const length = this.#vertices.length;
    for (let at = from; ; ) {
      let worst = at;
      for (let child = 2 * at + 1; child <= 2 * at + 2 && child < length; child++) {
        if (this.#isWorseThan(child, worst)) worst = child;
      }
      if (worst === at) return;
      this.#swap(at, worst);
      at = worst;
    }
  }

  #swap(a: number, b: number): void {
    for (const list of [this.#vertices, this.#first, this.#second]) {
      const kept = list[a] as number;
      list[a] = list[b] as number;
      list[b] = kept;
    }
  }
}

/**
 * Merges lists fairly. In each round, every list adds its next item unless another list has added it already, until
 * there are `limit`. Lists that end leave their places to the others.
 *
 *     inRounds([["a", "b", "c"], ["x"]], 3) // a, x, b
 */
export function roundRobin<Item>(lists: readonly ArrayLike<Item>[], limit: number): Set<Item> {
  const chosen = new Set<Item>();
  const longest = lists.reduce((length, list) => Math.max(length, list.length), 0);
  for (let round = 0; round < longest; round++) {
    for (const list of lists) {
      if (chosen.size >= limit) return chosen;
      const item = list[round];
      if (item !== undefined) chosen.add(item);
    }
  }
  return chosen;
}

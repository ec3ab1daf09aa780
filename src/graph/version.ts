import type { Adjacency } from "./adjacency.ts";
import { type BaseGraph, buildBaseGraph, highOf, joinId, lowOf, sharedArray } from "./base-graph.ts";
import { LayeredRows } from "./layered-rows.ts";
import { Levels } from "./levels.ts";

/**
 * The works added after a base was made, in order of arrival. Versions of one base share it: it only grows, and a
 * version reads only its first `addedCount`.
 */
class AddedVertices {
  readonly high: number[] = [];
  readonly low: number[] = [];
  readonly #indexes = new Map<bigint, number>();

  /** The place of a work among the added ones; -1 if it is not one of them. */
  find(high: number, low: number): number {
    return this.#indexes.size === 0 ? -1 : (this.#indexes.get(joinId(high, low)) ?? -1);
  }

  push(high: number, low: number): number {
    this.#indexes.set(joinId(high, low), this.high.length);
    this.low.push(low);
    return this.high.push(high) - 1;
  }
}

/** The components of a version. */
type VersionParts = {
  readonly base: BaseGraph;
  readonly added: AddedVertices;
  readonly addedCount: number;
  readonly absent: ReadonlySet<number>;
  readonly references: LayeredRows;
  readonly citedBy: LayeredRows;
  /** Null if their maintenance was abandoned until the next base. */
  readonly levels: Levels | null;
  readonly edgeCount: number;
  readonly position: bigint;
};

/**
 * The graph at one position of the feed. Immutable: all questions to one version see the same graph, whatever is
 * committed later.
 */
export class GraphVersion implements Adjacency {
  readonly parts: VersionParts;
  readonly size: number;
  readonly references: LayeredRows;
  readonly citedBy: LayeredRows;

  constructor(parts: VersionParts) {
    this.parts = parts;
    this.size = parts.base.vertices.size + parts.addedCount;
    this.references = parts.references;
    this.citedBy = parts.citedBy;
  }

  /** The version of an unchanged base. */
  static of(base: BaseGraph): GraphVersion {
    const { references, citedBy, levels, position } = base.parts;
    return new GraphVersion({
      base,
      added: new AddedVertices(),
      addedCount: 0,
      absent: new Set(),
      references: new LayeredRows(references, []),
      citedBy: new LayeredRows(citedBy, []),
      levels: new Levels(levels),
      edgeCount: base.edgeCount,
      position,
    });
  }

  get levels(): Levels | null {
    return this.parts.levels;
  }

  get orderedSize(): number {
    return this.parts.base.vertices.size;
  }

  get position(): bigint {
    return this.parts.position;
  }

  get edgeCount(): number {
    return this.parts.edgeCount;
  }

  get vertexCount(): number {
    return this.size - this.parts.absent.size;
  }

  isPresent(vertex: number): boolean {
    return vertex < this.size && !this.parts.absent.has(vertex);
  }

  compare(a: number, b: number): number {
    const { size } = this.parts.base.vertices;
    if (a < size && b < size) return a - b;
    return this.highOf(a) - this.highOf(b) || this.lowOf(a) - this.lowOf(b);
  }

  /** The index of a work; -1 if this version does not have it. */
  indexOf(workId: bigint): number {
    const index = this.find(highOf(workId), lowOf(workId));
    return index >= 0 && this.isPresent(index) ? index : -1;
  }

  /** The index of a work that is or was in this version; -1 if it never was. */
  find(high: number, low: number): number {
    const { base, added, addedCount } = this.parts;
    const index = base.vertices.find(high, low);
    if (index >= 0) return index;
    const place = added.find(high, low);
    return place >= 0 && place < addedCount ? base.vertices.size + place : -1;
  }

  workIdOf(vertex: number): bigint {
    return joinId(this.highOf(vertex), this.lowOf(vertex));
  }

  /** The upper 31 bits of its work id. */
  highOf(vertex: number): number {
    const { base, added } = this.parts;
    const { size, parts } = base.vertices;
    return (vertex < size ? parts.high[vertex] : added.high[vertex - size]) as number;
  }

  /** The lower 32 bits of its work id. */
  lowOf(vertex: number): number {
    const { base, added } = this.parts;
    const { size, parts } = base.vertices;
    return (vertex < size ? parts.low[vertex] : added.low[vertex - size]) as number;
  }
}

/** A base that equals a version: changes are merged into the rows, and removed works left out. O(vertices + edges). */
export function fold(version: GraphVersion): BaseGraph {
  const { base } = version.parts;
  const addedVertices: number[] = [];
  for (let vertex = base.vertices.size; vertex < version.size; vertex++) {
    if (version.isPresent(vertex)) addedVertices.push(vertex);
  }
  addedVertices.sort((a, b) => version.compare(a, b));

  const indexes = new Uint32Array(version.size);
  const high = sharedArray(version.vertexCount);
  const low = sharedArray(version.vertexCount);
  let next = 0;
  const append = (vertex: number) => {
    high[next] = version.highOf(vertex);
    low[next] = version.lowOf(vertex);
    indexes[vertex] = next++;
  };
  let place = 0;
  for (let vertex = 0; vertex < base.vertices.size; vertex++) {
    for (
      ;
      place < addedVertices.length && version.compare(addedVertices[place] as number, vertex) < 0;
      place++
    ) {
      append(addedVertices[place] as number);
    }
    if (version.isPresent(vertex)) append(vertex);
  }
  for (; place < addedVertices.length; place++) append(addedVertices[place] as number);

  const citing = new Uint32Array(version.edgeCount);
  const cited = new Uint32Array(version.edgeCount);
  let count = 0;
  for (let vertex = 0; vertex < version.size; vertex++) {
    version.references.seek(vertex);
    const { cells, start, end } = version.references;
    for (let at = start; at < end; at++) {
      const cell = cells[at] as number;
      citing[count] = indexes[vertex] as number;
      cited[count++] = (((indexes[cell >>> 1] as number) << 1) | (cell & 1)) >>> 0;
    }
  }
  return buildBaseGraph(high, low, { citing, cited, count }, version.position);
}

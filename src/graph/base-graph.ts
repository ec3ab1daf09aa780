import type { SparseRows } from "./adjacency.ts";
import { computeLevels } from "./levels.ts";

/** The arrays of a VertexIndex: shared between threads. */
type VertexIndexParts = {
  /** The upper 31 bits of each work id, ascending. */
  readonly high: Uint32Array;
  /** The lower 32 bits. */
  readonly low: Uint32Array;
  /** The first index in each bucket; one entry more than there are buckets. */
  readonly buckets: Uint32Array;
};

/**
 * Maps work ids to indexes and back. Ids are in ascending order, so the order of indexes is that of ids.
 *
 * Interpolation search: a bucket covers an equal part of the range between the least and the greatest id. Ids are
 * hashes, evenly distributed, so a bucket has one or two; a larger bucket is searched by bisection. 12 bytes a vertex.
 */
class VertexIndex {
  readonly parts: VertexIndexParts;
  readonly size: number;
  readonly #min: number;
  readonly #scale: number;

  constructor(parts: VertexIndexParts) {
    this.parts = parts;
    this.size = parts.high.length;
    const { min, scale } = idRange(parts.high, parts.low, parts.buckets.length - 1);
    this.#min = min;
    this.#scale = scale;
  }

  /** The index of the work id with these halves; -1 if there is none. O(1) for evenly distributed ids. */
  find(idHigh: number, idLow: number): number {
    const { high, low, buckets } = this.parts;
    const bucket = bucketOf(idHigh, idLow, this.#min, this.#scale);
    if (!(bucket >= 0 && bucket < buckets.length - 1)) return -1;
    let first = buckets[bucket] as number;
    let end = buckets[bucket + 1] as number;
    while (first < end) {
      const middle = (first + end) >>> 1;
      const difference = (high[middle] as number) - idHigh || (low[middle] as number) - idLow;
      if (difference === 0) return middle;
      if (difference < 0) first = middle + 1;
      else end = middle;
    }
    return -1;
  }

  /** The index of a work; -1 if there is none. */
  indexOf(workId: bigint): number {
    return this.find(highOf(workId), lowOf(workId));
  }

  workIdOf(index: number): bigint {
    return joinId(this.parts.high[index] as number, this.parts.low[index] as number);
  }
}

/** The upper 31 bits of a work id. */
export function highOf(workId: bigint): number {
  return Number(workId >> 32n);
}

/** The lower 32 bits of a work id. */
export function lowOf(workId: bigint): number {
  return Number(workId & 0xffff_ffffn);
}

export function joinId(high: number, low: number): bigint {
  return (BigInt(high) << 32n) | BigInt(low);
}

/** Builds the index over ids in strictly ascending order, given as halves in shared arrays. O(n). */
export function createVertexIndex(high: Uint32Array, low: Uint32Array): VertexIndex {
  const count = high.length;
  const bucketCount = Math.max(1, count);
  const { min, scale } = idRange(high, low, bucketCount);
  const buckets = new Uint32Array(new SharedArrayBuffer((bucketCount + 1) * 4));
  for (let index = 0; index < count; index++) {
    const bucket = bucketOf(high[index] as number, low[index] as number, min, scale);
    buckets[bucket + 1] = (buckets[bucket + 1] as number) + 1;
  }
  for (let bucket = 0; bucket < bucketCount; bucket++) {
    buckets[bucket + 1] = (buckets[bucket + 1] as number) + (buckets[bucket] as number);
  }
  return new VertexIndex({ high, low, buckets });
}

/** A double has 53 bits for 63: rounding may merge neighbouring buckets, but preserves the order. */
function bucketOf(high: number, low: number, min: number, scale: number): number {
  return Math.floor((high * 2 ** 32 + low - min) * scale);
}

function idRange(high: Uint32Array, low: Uint32Array, bucketCount: number): { min: number; scale: number } {
  const last = high.length - 1;
  if (last < 0) return { min: 0, scale: 0 };
  const min = (high[0] as number) * 2 ** 32 + (low[0] as number);
  const max = (high[last] as number) * 2 ** 32 + (low[last] as number);
  // Slightly less than would fill the last bucket: the greatest id must not fall beyond it.
  return { min, scale: max > min ? (bucketCount / (max - min)) * (1 - 2 ** -40) : 0 };
}

/** A graph as plain shared arrays, which threads pass to each other without copying. */
export type BaseParts = {
  readonly vertices: VertexIndexParts;
  readonly references: SparseRows;
  readonly citedBy: SparseRows;
  /** By vertex; see levels.ts. */
  readonly levels: Uint32Array;
  /** The position of the feed up to which changes are included. */
  readonly position: bigint;
};

/**
 * The graph as it was loaded or folded: 8 bytes an edge for both directions, and 24 a vertex. Later changes are layered
 * over it (version.ts).
 */
export class BaseGraph {
  readonly parts: BaseParts;
  readonly vertices: VertexIndex;
  readonly edgeCount: number;

  constructor(parts: BaseParts) {
    this.parts = parts;
    this.vertices = new VertexIndex(parts.vertices);
    this.edgeCount = parts.references.cells.length;
  }

  get position(): bigint {
    return this.parts.position;
  }

  /** The total size of its arrays. */
  get bytes(): number {
    const { vertices, references, citedBy, levels } = this.parts;
    const arrays = [vertices, references, citedBy].flatMap((part) => Object.values<Uint32Array>(part));
    arrays.push(levels);
    return arrays.reduce((sum, array) => sum + array.byteLength, 0);
  }
}

/** Edges in any order, by index: `cited` in the form of a cell (adjacency.ts). Only the first `count` are used. */
type EdgeList = {
  readonly citing: Uint32Array;
  readonly cited: Uint32Array;
  readonly count: number;
};

/** A zeroed array in memory that threads share. */
export function sharedArray(length: number): Uint32Array<SharedArrayBuffer> {
  return new Uint32Array(new SharedArrayBuffer(length * 4));
}

/**
 * Sorts edges into rows of both directions. Duplicate edges are merged: an internal anchor if any of them is one. Work
 * ids are given as halves, in strictly ascending order. O(vertices + edges): a radix sort by citing work, then by cited
 * work, then by citing work again, after which all rows are ascending.
 */
export function buildBaseGraph(
  high: Uint32Array,
  low: Uint32Array,
  edges: EdgeList,
  position: bigint,
): BaseGraph {
  const size = high.length;
  const { citing, cited, count } = edges;
  const loose = countRows(size, count, (index) => citing[index] as number);
  const fill = loose.offsets.slice(0, size);
  for (let index = 0; index < count; index++) {
    const vertex = citing[index] as number;
    const at = fill[vertex] as number;
    loose.cells[at] = cited[index] as number;
    fill[vertex] = at + 1;
  }
  let citedBy = transpose(loose, size);
  let references = transpose(citedBy, size);
  const unique = withoutDuplicates(references, size);
  if (unique !== references) {
    citedBy = transpose(unique, size);
    references = unique;
  }
  const vertices = createVertexIndex(high, low).parts;
  const levels = sharedArray(size);
  computeLevels(references, levels);
  return new BaseGraph({ vertices, references, citedBy, levels, position });
}

function countRows(size: number, count: number, rowOf: (index: number) => number): SparseRows {
  const offsets = sharedArray(size + 1);
  for (let index = 0; index < count; index++) {
    const row = rowOf(index) + 1;
    offsets[row] = (offsets[row] as number) + 1;
  }
  for (let row = 0; row < size; row++) {
    offsets[row + 1] = (offsets[row + 1] as number) + (offsets[row] as number);
  }
  return { offsets, cells: sharedArray(count) };
}

/** The opposite direction. Its rows are ascending, whatever the order within the given rows. */
function transpose(rows: SparseRows, size: number): SparseRows {
  const { offsets, cells } = rows;
  const other = countRows(size, cells.length, (index) => (cells[index] as number) >>> 1);
  const fill = other.offsets.slice(0, size);
  for (let vertex = 0; vertex < size; vertex++) {
    const end = offsets[vertex + 1] as number;
    for (let index = offsets[vertex] as number; index < end; index++) {
      const cell = cells[index] as number;
      const at = fill[cell >>> 1] as number;
      other.cells[at] = ((vertex << 1) | (cell & 1)) >>> 0;
      fill[cell >>> 1] = at + 1;
    }
  }
  return other;
}

/** Returns the given rows if they have no duplicates, which is the usual case. */
function withoutDuplicates(rows: SparseRows, size: number): SparseRows {
  const { offsets, cells } = rows;
  let duplicates = 0;
  for (let vertex = 0; vertex < size; vertex++) {
    const end = offsets[vertex + 1] as number;
    for (let index = (offsets[vertex] as number) + 1; index < end; index++) {
      if ((cells[index] as number) >>> 1 === (cells[index - 1] as number) >>> 1) duplicates++;
    }
  }
  if (duplicates === 0) return rows;
  const unique: SparseRows = {
    offsets: sharedArray(size + 1),
    cells: sharedArray(cells.length - duplicates),
  };
  let at = 0;
  for (let vertex = 0; vertex < size; vertex++) {
    const start = at;
    const end = offsets[vertex + 1] as number;
    for (let index = offsets[vertex] as number; index < end; index++) {
      const cell = cells[index] as number;
      const before = unique.cells[at - 1] as number;
      if (at > start && before >>> 1 === cell >>> 1) unique.cells[at - 1] = (before | cell) >>> 0;
      else unique.cells[at++] = cell;
    }
    unique.offsets[vertex + 1] = at;
  }
  return unique;
}

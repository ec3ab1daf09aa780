import type { SparseRows } from "./adjacency.ts";
import { levelsOf } from "./levels.ts";
import { createVertexIndex, VertexIndex, type VertexIndexParts } from "./vertex-index.ts";

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
export type EdgeList = {
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
  levelsOf(references, levels);
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

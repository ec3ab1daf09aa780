/** One direction in compressed sparse rows: the row of vertex v is `cells` from `offsets[v]` to `offsets[v + 1]`. */
export type SparseRows = { readonly offsets: Uint32Array; readonly cells: Uint32Array };

/** Along references, against them, or both as one undirected graph. */
export type CitationDirection = "REFERENCES" | "CITED_BY" | "BOTH";

/**
 * One direction of the edges, with a row for each vertex. A row is an ascending slice of `cells`. A cell is
 * `neighbour << 1 | isInternalAnchor`, so the flag needs no memory, and there may be 2^31 vertices.
 *
 * `seek` moves a single cursor instead of returning an object for each of millions of rows: copy `cells`, `start` and
 * `end` into variables before anything else may call `seek`.
 */
export interface Rows {
  readonly cells: Uint32Array;
  readonly start: number;
  readonly end: number;
  /** Sets `cells`, `start` and `end` to the row of a vertex. O(1). */
  seek(vertex: number): void;
  /** The length of a row. O(1). */
  degree(vertex: number): number;
  /**
   * All rows below `size` in compressed sparse rows, for algorithms that iterate over them repeatedly: row v is `cells`
   * from `offsets[v]` to `offsets[v + 1]`. O(1) or O(edges).
   */
  flat(size: number): { readonly offsets: Uint32Array; readonly cells: Uint32Array };
}

/**
 * An immutable directed graph of citations without duplicate edges. Vertices are 32-bit indexes below `size`, valid
 * within this graph only; work ids are permanent.
 */
export interface Adjacency {
  /** Indexes are below it; a few of them may belong to removed works. */
  readonly size: number;
  /** Indexes below it are in the order of work ids; those of works added later are not. */
  readonly orderedSize: number;
  readonly vertexCount: number;
  readonly edgeCount: number;
  /** The works that a work cites. */
  readonly references: Rows;
  /** The works that cite a work; the degree is its citation count. */
  readonly citedBy: Rows;
  /** Numbers that never rise along references (levels.ts); null if there are none. */
  readonly levels: { of(vertex: number): number } | null;
  isPresent(vertex: number): boolean;
  /** Compares by work id, which is the same on every mirror: the tie-breaker. */
  compare(a: number, b: number): number;
}

/** The rows to follow in a direction. */
export function rowsOf({ references, citedBy }: Adjacency, direction: CitationDirection): readonly Rows[] {
  if (direction === "REFERENCES") return [references];
  return direction === "CITED_BY" ? [citedBy] : [references, citedBy];
}

/** The opposite direction. */
export function reversed(direction: CitationDirection): CitationDirection {
  if (direction === "REFERENCES") return "CITED_BY";
  return direction === "CITED_BY" ? "REFERENCES" : "BOTH";
}

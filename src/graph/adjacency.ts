/** One direction in compressed sparse rows: the row of vertex v is `cells` from `offsets[v]` to `offsets[v + 1]`. */
export type SparseRows = { readonly offsets: Uint32Array; readonly cells: Uint32Array };

/** Along references, against them, or both as one undirected graph. */
export type CitationDirection = "REFERENCES" | "CITED_BY" | "BOTH";

/**
 * One direction of the edges, a row for each vertex. A row is a slice of `cells`, ascending; a cell is a neighbour's
 * index shifted left by one, its lowest bit saying whether the edge is an internal anchor: so a flag costs nothing,
 * and there may be 2^31 vertices.
 *
 * `seek` moves the one cursor there is, instead of returning an object for each of millions of rows: take `cells`,
 * `start` and `end` into variables before anything else may seek.
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
   * All rows below `size` in compressed sparse rows, for what goes over all of them again and again: row v is `cells`
   * from `offsets[v]` to `offsets[v + 1]`. O(1) or O(edges).
   */
  flat(size: number): { readonly offsets: Uint32Array; readonly cells: Uint32Array };
}

/**
 * A directed graph of citations, each edge once, that does not change. Vertices are 32-bit indexes below `size`,
 * which hold within this graph only; work ids are what lasts.
 */
export interface Adjacency {
  /** Indexes are below it; a few of them may be of works that are gone. */
  readonly size: number;
  /** Indexes below it are in the order of work ids; those of works that came late are not. */
  readonly orderedSize: number;
  readonly vertexCount: number;
  readonly edgeCount: number;
  /** The works that a work cites. */
  readonly references: Rows;
  /** The works that cite a work; the degree is its citation count. */
  readonly citedBy: Rows;
  /** Numbers that fall along references, or stay (levels.ts); null where there are none. */
  readonly levels: { of(vertex: number): number } | null;
  isPresent(vertex: number): boolean;
  /** By work id, which is the same on every mirror: what orders equals. */
  compare(a: number, b: number): number;
}

/** The rows to be followed in a direction. */
export function rowsOf({ references, citedBy }: Adjacency, direction: CitationDirection): readonly Rows[] {
  if (direction === "REFERENCES") return [references];
  return direction === "CITED_BY" ? [citedBy] : [references, citedBy];
}

/** The direction of the way back. */
export function reversed(direction: CitationDirection): CitationDirection {
  if (direction === "REFERENCES") return "CITED_BY";
  return direction === "CITED_BY" ? "REFERENCES" : "BOTH";
}

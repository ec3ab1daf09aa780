import type { Rows, SparseRows } from "./adjacency.ts";

/** A row that replaces one of the base. */
export type Row = { readonly cells: Uint32Array; readonly start: number; readonly end: number };

const pageBits = 8;
const pageSize = 1 << pageBits;

/** Rows by vertex, in pages: a later version shares all pages that it did not change. */
export type Pages = readonly (readonly (Row | undefined)[] | undefined)[];

/** One direction of a base, with the rows that changed since. */
export class LayeredRows implements Rows {
  cells: Uint32Array;
  start = 0;
  end = 0;
  readonly #base: SparseRows;
  readonly #baseSize: number;
  readonly pages: Pages;

  constructor(base: SparseRows, pages: Pages) {
    this.#base = base;
    this.#baseSize = base.offsets.length - 1;
    this.pages = pages;
    this.cells = base.cells;
  }

  seek(vertex: number): void {
    const row = this.pages[vertex >>> pageBits]?.[vertex & (pageSize - 1)];
    if (row !== undefined) {
      this.cells = row.cells;
      this.start = row.start;
      this.end = row.end;
    } else if (vertex < this.#baseSize) {
      this.cells = this.#base.cells;
      this.start = this.#base.offsets[vertex] as number;
      this.end = this.#base.offsets[vertex + 1] as number;
    } else {
      this.start = 0;
      this.end = 0;
    }
  }

  degree(vertex: number): number {
    const row = this.pages[vertex >>> pageBits]?.[vertex & (pageSize - 1)];
    if (row !== undefined) return row.end - row.start;
    if (vertex >= this.#baseSize) return 0;
    return (this.#base.offsets[vertex + 1] as number) - (this.#base.offsets[vertex] as number);
  }

  /** All rows below `size`, concatenated: the base's own arrays if no row was replaced. */
  flat(size: number): SparseRows {
    if (this.pages.length === 0 && size === this.#baseSize) return this.#base;
    const offsets = new Uint32Array(size + 1);
    for (let vertex = 0; vertex < size; vertex++) {
      offsets[vertex + 1] = (offsets[vertex] as number) + this.degree(vertex);
    }
    const cells = new Uint32Array(offsets[size] as number);
    for (let vertex = 0; vertex < size; vertex++) {
      this.seek(vertex);
      const { cells: row, start, end } = this;
      for (let at = start, to = offsets[vertex] as number; at < end; at++) cells[to++] = row[at] as number;
    }
    return { offsets, cells };
  }

  /** Starts a copy with other rows for some vertices. O(pages). */
  change(): RowsChange {
    return new RowsChange(this.#base, this.pages);
  }
}

/** A copy under construction. A page is copied when a row of it is first set. */
class RowsChange {
  readonly #base: SparseRows;
  readonly #pages: ((Row | undefined)[] | readonly (Row | undefined)[] | undefined)[];
  readonly #own = new Set<number>();

  constructor(base: SparseRows, pages: Pages) {
    this.#base = base;
    this.#pages = [...pages];
  }

  set(vertex: number, row: Row): void {
    const number = vertex >>> pageBits;
    while (this.#pages.length <= number) this.#pages.push(undefined);
    if (!this.#own.has(number)) {
      this.#own.add(number);
      this.#pages[number] =
        this.#pages[number]?.slice() ?? new Array<Row | undefined>(pageSize).fill(undefined);
    }
    (this.#pages[number] as (Row | undefined)[])[vertex & (pageSize - 1)] = row;
  }

  /** The resulting rows; nothing may be set afterwards. */
  rows(): LayeredRows {
    return new LayeredRows(this.#base, this.#pages);
  }
}

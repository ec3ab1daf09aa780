import { readGraphPayload } from "../store/index.ts";
import type { LayeredRows } from "./layered-rows.ts";
import { GraphVersion } from "./version.ts";

/**
 * The version after a transaction's changes, given as payloads of the feed (store/graph-feed.ts). The previous one
 * is not modified. Changes are idempotent, as a payload may come twice: putting an existing edge sets its flag, and
 * removing a missing one does nothing. A work with edges is not removed. O(changes + degrees of the works they touch).
 */
export function applyChanges(
  version: GraphVersion,
  payloads: readonly Uint8Array[],
  position: bigint,
): GraphVersion {
  const steps = applyInSteps(version, payloads, position);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** The same, yielding every millisecond or two: a large change must not hold up the event loop. */
export function* applyInSteps(
  version: GraphVersion,
  payloads: readonly Uint8Array[],
  position: bigint,
): Generator<void, GraphVersion> {
  const { base, added } = version.parts;
  const baseSize = base.vertices.size;
  let addedCount = version.parts.addedCount;
  const presence = new Map<number, boolean>();
  const references = new RowChanges();
  const citedBy = new RowChanges();
  /** Added edges, as pairs. */
  const putEdges: number[] = [];

  const find = (high: number, low: number): number => {
    const index = base.vertices.find(high, low);
    if (index >= 0) return index;
    const place = added.find(high, low);
    return place < 0 ? -1 : baseSize + place;
  };
  const addVertex = (high: number, low: number): number => {
    let index = find(high, low);
    if (index < 0) index = baseSize + added.push(high, low);
    // The work already has its place if a later version of the same base added it before this version was used again.
    while (addedCount <= index - baseSize) {
      if (addedCount < index - baseSize) presence.set(baseSize + addedCount, false);
      addedCount++;
    }
    presence.set(index, true);
    return index;
  };
  for (const payload of payloads) {
    yield;
    readGraphPayload(payload, {
      addWork: addVertex,
      removeWork(high, low) {
        const index = find(high, low);
        if (index >= 0 && index < baseSize + addedCount) presence.set(index, false);
      },
      // The graph has no part of a work's summary.
      changeWork() {},
      removeEdge(citingHigh, citingLow, citedHigh, citedLow) {
        const citing = find(citingHigh, citingLow);
        const cited = find(citedHigh, citedLow);
        if (citing < 0 || cited < 0) return;
        references.add(citing, cited, removed);
        citedBy.add(cited, citing, removed);
      },
      putEdge(citingHigh, citingLow, citedHigh, citedLow, isInternalAnchor) {
        const citing = addVertex(citingHigh, citingLow);
        const cited = addVertex(citedHigh, citedLow);
        references.add(citing, cited, Number(isInternalAnchor));
        citedBy.add(cited, citing, Number(isInternalAnchor));
        putEdges.push(citing, cited);
      },
    });
  }
  const newReferences = yield* references.applyTo(version.references);
  const newCitedBy = yield* citedBy.applyTo(version.citedBy);
  const levels = version.levels === null ? null : yield* version.levels.withEdges(putEdges, newCitedBy.rows);
  const absent = new Set(version.parts.absent);
  for (const [vertex, isPresent] of presence) {
    if (isPresent || newReferences.rows.degree(vertex) + newCitedBy.rows.degree(vertex) > 0)
      absent.delete(vertex);
    else absent.add(vertex);
  }
  return new GraphVersion({
    base,
    added,
    addedCount,
    absent,
    references: newReferences.rows,
    citedBy: newCitedBy.rows,
    levels,
    edgeCount: version.edgeCount + newReferences.addedEdges,
    position,
  });
}

/** A change to an edge: 0 or 1 puts it with that flag, 2 removes it. */
const removed = 2;

/** Rows built between two yields: some tenths of a millisecond. */
const rowsAtATime = 64;

/** Edges of one direction to put and remove, in plain lists since there may be many. */
class RowChanges {
  readonly #indexes = new Map<number, number>();
  readonly #vertices: number[] = [];
  /** For each change, the place of its vertex; in `#changes`, `neighbour * 4 + change`. */
  readonly #rows: number[] = [];
  readonly #changes: number[] = [];

  add(vertex: number, neighbour: number, change: number): void {
    let place = this.#indexes.get(vertex);
    if (place === undefined) {
      place = this.#vertices.push(vertex) - 1;
      this.#indexes.set(vertex, place);
    }
    this.#rows.push(place);
    this.#changes.push(neighbour * 4 + change);
  }

  /**
   * The rows with these changes made, the last one to each edge, and by how many edges they grew. New rows share one
   * array. Yields from time to time. O(changes + degrees of the vertices).
   */
  *applyTo(rows: LayeredRows): Generator<void, { rows: LayeredRows; addedEdges: number }> {
    const { offsets, changes } = this.#byRow();
    yield;
    let maxCells = this.#changes.length;
    for (const vertex of this.#vertices) maxCells += rows.degree(vertex);
    const cells = new Uint32Array(maxCells);
    const change = rows.change();
    let addedEdges = 0;
    let at = 0;
    for (const [place, vertex] of this.#vertices.entries()) {
      if (place % rowsAtATime === rowsAtATime - 1) yield;
      const start = at;
      const row = changes.subarray(offsets[place], offsets[place + 1]);
      // Sorted by neighbour. The sort is stable: of several changes to one edge the last stays last.
      if (row.length > 1) row.sort((a, b) => Math.floor(a / 4) - Math.floor(b / 4));
      rows.seek(vertex);
      const { cells: oldCells, start: oldStart, end: oldEnd } = rows;
      let old = oldStart;
      for (let index = 0; index < row.length; index++) {
        const neighbour = Math.floor((row[index] as number) / 4);
        if (index + 1 < row.length && Math.floor((row[index + 1] as number) / 4) === neighbour) continue;
        while (old < oldEnd && (oldCells[old] as number) >>> 1 < neighbour) {
          cells[at++] = oldCells[old++] as number;
        }
        if (old < oldEnd && (oldCells[old] as number) >>> 1 === neighbour) old++;
        const kind = (row[index] as number) - neighbour * 4;
        if (kind !== removed) cells[at++] = ((neighbour << 1) | kind) >>> 0;
      }
      cells.set(oldCells.subarray(old, oldEnd), at);
      at += oldEnd - old;
      addedEdges += at - start - (oldEnd - oldStart);
      change.set(vertex, { cells, start, end: at });
    }
    return { rows: change.rows(), addedEdges };
  }

  /** The changes grouped by row, in their order. */
  #byRow(): { offsets: Uint32Array; changes: Float64Array } {
    const offsets = new Uint32Array(this.#vertices.length + 1);
    for (const row of this.#rows) offsets[row + 1] = (offsets[row + 1] as number) + 1;
    for (let row = 0; row < this.#vertices.length; row++) {
      offsets[row + 1] = (offsets[row + 1] as number) + (offsets[row] as number);
    }
    const fill = offsets.slice();
    const changes = new Float64Array(this.#changes.length);
    for (const [index, row] of this.#rows.entries()) {
      const at = fill[row] as number;
      changes[at] = this.#changes[index] as number;
      fill[row] = at + 1;
    }
    return { offsets, changes };
  }
}

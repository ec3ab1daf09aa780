import { readGraphPayload } from "../store/graph-payload.ts";
import { RowChanges, removed } from "./row-changes.ts";
import { GraphVersion } from "./version.ts";

/**
 * The version after a transaction's changes, given as payloads of the feed (store/graph-payload.ts). The version
 * before stays as it is. To put an edge that is there sets its flag; to remove what is not there does nothing; a work
 * with edges left is not removed: a payload may come twice. O(changes + degrees of the works they touch).
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
  const places = new Map<number, boolean>();
  const references = new RowChanges();
  const citedBy = new RowChanges();
  /** Edges put, as pairs. */
  const putEdges: number[] = [];

  const find = (high: number, low: number): number => {
    const index = base.vertices.find(high, low);
    if (index >= 0) return index;
    const place = added.find(high, low);
    return place < 0 ? -1 : baseSize + place;
  };
  const arrive = (high: number, low: number): number => {
    let index = find(high, low);
    if (index < 0) index = baseSize + added.push(high, low);
    // A work that a later version of this base had added, before this one was taken up again, has its place already.
    while (addedCount <= index - baseSize) {
      if (addedCount < index - baseSize) places.set(baseSize + addedCount, false);
      addedCount++;
    }
    places.set(index, true);
    return index;
  };
  for (const payload of payloads) {
    yield;
    readGraphPayload(payload, {
      addWork: arrive,
      removeWork(high, low) {
        const index = find(high, low);
        if (index >= 0 && index < baseSize + addedCount) places.set(index, false);
      },
      removeEdge(citingHigh, citingLow, citedHigh, citedLow) {
        const citing = find(citingHigh, citingLow);
        const cited = find(citedHigh, citedLow);
        if (citing < 0 || cited < 0) return;
        references.add(citing, cited, removed);
        citedBy.add(cited, citing, removed);
      },
      putEdge(citingHigh, citingLow, citedHigh, citedLow, isInternalAnchor) {
        const citing = arrive(citingHigh, citingLow);
        const cited = arrive(citedHigh, citedLow);
        references.add(citing, cited, Number(isInternalAnchor));
        citedBy.add(cited, citing, Number(isInternalAnchor));
        putEdges.push(citing, cited);
      },
    });
  }
  const newReferences = yield* references.applyTo(version.references);
  const newCitedBy = yield* citedBy.applyTo(version.citedBy);
  const levels = version.levels === null ? null : yield* version.levels.with(putEdges, newCitedBy.rows);
  const absent = new Set(version.parts.absent);
  for (const [vertex, isThere] of places) {
    if (isThere || newReferences.rows.degree(vertex) + newCitedBy.rows.degree(vertex) > 0)
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
    edgeCount: version.edgeCount + newReferences.more,
    position,
  });
}

/** How the kept counts of a work change. */
export type CountChange = {
  /** Rows of `citations` more or fewer in which it is cited. */
  citedBy: number;
  /** Rows of `citing_papers` more or fewer. */
  citingPapers: number;
  /** Rows of `citations` more or fewer in which it cites. */
  references: number;
  /** Of those in which another work cites it, more or fewer that are marked as internal anchors. */
  anchoredWorks: number;
};

/** By work. */
export type CountChanges = Map<bigint, CountChange>;

/** The change of a work: none so far where it has no entry. */
export function countOf(counts: CountChanges, workId: bigint): CountChange {
  const known = counts.get(workId);
  if (known !== undefined) return known;
  const none = { citedBy: 0, citingPapers: 0, references: 0, anchoredWorks: 0 };
  counts.set(workId, none);
  return none;
}

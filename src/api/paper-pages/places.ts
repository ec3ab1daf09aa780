import type { Key, KeyOrder } from "../keyset.ts";
import type { PaperRow } from "../loaders/index.ts";

export type PaperOrder = "SUBMITTED_DESC" | "SUBMITTED_ASC" | "CITED_BY_DESC" | "CITED_BY_ASC";

/** The place of a paper in an order; most papers themselves are cached. */
export type OrderedPaper = Pick<PaperRow, "paperId" | "workId" | "submittedAt"> & {
  /** Meaningful only in the orders by citation count. */
  readonly citedByCount: number;
};

/** A key, and whether the row at this key is included. */
export type Bound = { readonly key: Key; readonly inclusive: boolean };

/** A part of an order, read forward or backward from its end. */
export type Stretch = {
  readonly after: Bound | null;
  readonly before: Bound | null;
  readonly reverse: boolean;
};

/** Reads the first papers of a stretch in its order: fewer than `limit` only if it has no more. */
export type ReadPapers = (stretch: Stretch, limit: number) => Promise<OrderedPaper[]>;

export const keyOrders: Record<PaperOrder, KeyOrder> = {
  SUBMITTED_DESC: { name: "SUBMITTED_DESC", parts: ["instant", "bigint"] },
  SUBMITTED_ASC: { name: "SUBMITTED_ASC", parts: ["instant", "bigint"] },
  // Equal counts are ordered by work, as in the index: hundreds of thousands of works may have equal counts.
  CITED_BY_DESC: { name: "CITED_BY_DESC", parts: ["integer", "bigint", "bigint"] },
  CITED_BY_ASC: { name: "CITED_BY_ASC", parts: ["integer", "bigint", "bigint"] },
};

export function keyOf(order: PaperOrder, paper: OrderedPaper): Key {
  const { submittedAt, citedByCount, workId, paperId } = paper;
  return order === "CITED_BY_DESC" || order === "CITED_BY_ASC"
    ? [String(citedByCount), String(workId), String(paperId)]
    : [submittedAt, String(paperId)];
}

/** The rest of a stretch after a key. */
export function onwardFrom(stretch: Stretch, key: Key): Stretch {
  const bound = { key, inclusive: false };
  return stretch.reverse ? { ...stretch, before: bound } : { ...stretch, after: bound };
}

import type { Key, KeyOrder } from "../connections/keyset.ts";
import type { PaperRow } from "../loaders/papers.ts";

export type PaperOrder = "SUBMITTED_DESC" | "SUBMITTED_ASC" | "CITED_BY_DESC" | "CITED_BY_ASC";

/** Where a paper stands in an order; most papers themselves are in memory. */
export type OrderedPaper = Pick<PaperRow, "paperId" | "workId" | "submittedAt"> & {
  /** Only told in the order that goes by it. */
  readonly citedByCount: number;
};

/** A key, and whether what stands there belongs to what is asked for. */
export type Bound = { readonly key: Key; readonly inclusive: boolean };

/** A part of an order, in its direction or from its end backward. */
export type Stretch = {
  readonly after: Bound | null;
  readonly before: Bound | null;
  readonly reverse: boolean;
};

/** Reads the first papers of a stretch, as they come in it: fewer than `limit` only where it has no more. */
export type ReadPapers = (stretch: Stretch, limit: number) => Promise<OrderedPaper[]>;

export const keyOrders: Record<PaperOrder, KeyOrder> = {
  SUBMITTED_DESC: { name: "SUBMITTED_DESC", parts: ["instant", "bigint"] },
  SUBMITTED_ASC: { name: "SUBMITTED_ASC", parts: ["instant", "bigint"] },
  // Equal counts go by work, as the index does: hundreds of thousands of works may be cited equally often.
  CITED_BY_DESC: { name: "CITED_BY_DESC", parts: ["integer", "bigint", "bigint"] },
  CITED_BY_ASC: { name: "CITED_BY_ASC", parts: ["integer", "bigint", "bigint"] },
};

export function keyOf(order: PaperOrder, paper: OrderedPaper): Key {
  const { submittedAt, citedByCount, workId, paperId } = paper;
  return order === "CITED_BY_DESC" || order === "CITED_BY_ASC"
    ? [String(citedByCount), String(workId), String(paperId)]
    : [submittedAt, String(paperId)];
}

/** What is left of a stretch when it was read as far as a key. */
export function onwardFrom(stretch: Stretch, key: Key): Stretch {
  const bound = { key, inclusive: false };
  return stretch.reverse ? { ...stretch, before: bound } : { ...stretch, after: bound };
}

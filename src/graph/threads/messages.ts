import type { BaseParts } from "../base-graph.ts";
import type { Answer, Input, QuestionName } from "../question.ts";
import type { TopWorksAnswer, TopWorksInput } from "../top-works.ts";

/** The changes of one transaction; `position` is that of its last row. */
export type GraphTransaction = {
  readonly position: bigint;
  readonly payloads: readonly Uint8Array[];
  /** When it was written, as an ISO instant. */
  readonly changedAt: string;
};

/** The graph as sent to threads: the shared base, and the later changes, which each thread applies itself. */
export type GraphState = { readonly base: BaseParts; readonly transactions: readonly GraphTransaction[] };

/** A budget as a message: a nonzero first element of `cancelled` means that the caller cancelled. */
export type SentBudget = {
  readonly vertices: number | undefined;
  readonly edges: number | undefined;
  readonly milliseconds: number | undefined;
  readonly cancelled: Int32Array;
};

/** A unit of work for one thread. */
export type Job =
  | { readonly kind: "ask"; readonly name: QuestionName; readonly input: Input<QuestionName> }
  | {
      readonly kind: "rank";
      readonly input: TopWorksInput;
      /** How old PageRanks of an earlier version may be. */
      readonly rankAgeMilliseconds: number;
    }
  | { readonly kind: "fold" };

/** Processed in order: a job sees the graph as the previous messages left it. */
export type ThreadRequest =
  | { readonly kind: "graph"; readonly state: GraphState }
  | { readonly kind: "changes"; readonly transaction: GraphTransaction }
  | { readonly kind: "job"; readonly job: Job; readonly budget: SentBudget };

/** The result of a job, and the position of the graph that it was computed on. */
export type JobResult = {
  readonly position: bigint;
  readonly result: Answer<QuestionName> | TopWorksAnswer | BaseParts;
  /** The caller cancelled: the result is incomplete. */
  readonly isCancelled: boolean;
};

export type ThreadReply =
  | JobResult
  | { readonly error: { readonly message: string; readonly stack: string } };

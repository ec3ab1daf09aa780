import type { BaseParts } from "../base-graph.ts";
import type { Answer, Input, QuestionName } from "../question.ts";
import type { TopWorksAnswer, TopWorksInput } from "../top-works.ts";

/** The changes of one transaction, whose last row stands at `position`. */
export type GraphTransaction = {
  readonly position: bigint;
  readonly payloads: readonly Uint8Array[];
  /** When it was written, as an ISO instant. */
  readonly changedAt: string;
};

/** A graph as threads are given it: a base they share, and what came after it, which each applies for itself. */
export type GraphState = { readonly base: BaseParts; readonly transactions: readonly GraphTransaction[] };

/** A budget that can be sent: who asked has gone where the first of `cancelled` is not 0. */
export type SentBudget = {
  readonly vertices: number | undefined;
  readonly edges: number | undefined;
  readonly milliseconds: number | undefined;
  readonly cancelled: Int32Array;
};

/** What one thread is asked to do at a time. */
export type Job =
  | { readonly kind: "ask"; readonly name: QuestionName; readonly input: Input<QuestionName> }
  | {
      readonly kind: "rank";
      readonly input: TopWorksInput;
      /** Ranks of a version before are good enough where they are no older. */
      readonly rankAgeMilliseconds: number;
    }
  | { readonly kind: "fold" };

/** Told in order: a job is done on the graph as the messages before it have left it. */
export type ThreadRequest =
  | { readonly kind: "graph"; readonly state: GraphState }
  | { readonly kind: "changes"; readonly transaction: GraphTransaction }
  | { readonly kind: "job"; readonly job: Job; readonly budget: SentBudget };

/** What came of a job, and the position it was done at. */
export type JobResult = {
  readonly position: bigint;
  readonly result: Answer<QuestionName> | TopWorksAnswer | BaseParts;
  /** The asker has gone: the result is no answer. */
  readonly isCancelled: boolean;
};

export type ThreadReply =
  | JobResult
  | { readonly error: { readonly message: string; readonly stack: string } };

import {
  refusedLinesOf,
  type SubmissionError,
  type SubmissionRow,
  submissionErrorOf,
} from "../../api/submission-rows.ts";

/** What a client is told of one document, or of what came after the last that was read. */
export type Answer = {
  /** From 1, where the body has one document a line. */
  readonly line?: number;
  /** Null where the document was not kept. */
  readonly id: string | null;
  readonly status: "QUEUED" | "MERGED" | "REJECTED" | "FAILED" | "NOT_READ";
  readonly pithNumber?: string | null;
  readonly receivedAt?: string;
  readonly finishedAt?: string | null;
  readonly error?: SubmissionError & {
    /** Seconds, where the rest may be sent then. */
    readonly retryAfter?: number;
  };
  /** Events of a merged document that were not let in: each id with its reason. */
  readonly refused?: readonly string[];
  /** Where to ask later. */
  readonly url?: string;
};

const statuses = { queued: "QUEUED", merged: "MERGED", rejected: "REJECTED", failed: "FAILED" } as const;

const submissionsPath = "/ingest";

export function answerOf(row: SubmissionRow): Answer {
  const error = submissionErrorOf(row);
  const refused = refusedLinesOf(row);
  return {
    id: row.submissionId,
    status: statuses[row.status],
    pithNumber: row.pithNumber,
    receivedAt: row.receivedAt,
    finishedAt: row.finishedAt,
    ...(error === null ? {} : { error }),
    ...(refused.length === 0 ? {} : { refused }),
    url: `${submissionsPath}/${row.submissionId}`,
  };
}

/** Of a submission that is on disk and not finished yet. */
export function queuedAnswer(id: string): Answer {
  return { id, status: "QUEUED", url: `${submissionsPath}/${id}` };
}

/** Of documents that a request brought: the status of the whole. */
export function statusOf(answers: readonly Answer[]): number {
  if (answers.some(({ status }) => status === "QUEUED")) return 202;
  if (answers.some(({ status }) => status === "MERGED")) return 200;
  if (answers.some(({ status }) => status === "FAILED")) return 503;
  return answers.every(({ error }) => error?.code === "TOO_LARGE") ? 413 : 422;
}

import {
  rejectedEventLines,
  type SubmissionError,
  type SubmissionRow,
  submissionErrorOf,
} from "../../api/index.ts";

/** The answer to one document, or to the rest of a body that was not read. */
export type Answer = {
  /** From 1, if the body has one document a line. */
  readonly line?: number;
  /** Null if the document was not stored. */
  readonly id: string | null;
  readonly status: "QUEUED" | "MERGED" | "REJECTED" | "FAILED" | "NOT_READ";
  readonly pithNumber?: string | null;
  readonly receivedAt?: string;
  readonly finishedAt?: string | null;
  readonly error?: SubmissionError & {
    /** Seconds after which the rest may be sent; absent if it may not. */
    readonly retryAfter?: number;
  };
  /** Rejected events of a merged document: each id with its reason. */
  readonly refused?: readonly string[];
  /** The address of the submission's status. */
  readonly url?: string;
};

const statuses = { queued: "QUEUED", merged: "MERGED", rejected: "REJECTED", failed: "FAILED" } as const;

const submissionsPath = "/ingest";

export function answerOf(row: SubmissionRow): Answer {
  const error = submissionErrorOf(row);
  const refused = rejectedEventLines(row);
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

/** The answer for a submission that is on disk and not finished yet. */
export function queuedAnswer(id: string): Answer {
  return { id, status: "QUEUED", url: `${submissionsPath}/${id}` };
}

/** The HTTP status that sums up the answers of a request. */
export function statusOf(answers: readonly Answer[]): number {
  if (answers.some(({ status }) => status === "QUEUED")) return 202;
  if (answers.some(({ status }) => status === "MERGED")) return 200;
  if (answers.some(({ status }) => status === "FAILED")) return 503;
  return answers.every(({ error }) => error?.code === "TOO_LARGE") ? 413 : 422;
}

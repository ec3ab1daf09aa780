import { randomUUID } from "node:crypto";
import type { Submit } from "../../api/context.ts";
import { ApiError } from "../../api/errors.ts";
import { encodeGlobalId } from "../../api/global-id.ts";
import type { SubmissionSettings } from "../../config.ts";
import { enqueue, type NewSubmission } from "../../ingest/submissions/index.ts";
import { DocumentError, parseDocument } from "../../protocol/index.ts";
import type { Database } from "../../store/index.ts";
import { Outcomes } from "./outcomes.ts";
import { RateLimiter } from "./rate-limit.ts";
import { explainRefusal, findSubmitter, type Submitter } from "./tokens.ts";

/** Where nothing else is configured: nobody may submit. */
export const noSubmissions: SubmissionSettings = {
  tokens: [],
  minimumProof: "signed",
  maximumDocumentBytes: 2 ** 23,
  maximumRequestBytes: 2 ** 26,
  documentsPerMinute: 6_000,
  bytesPerMinute: 2 ** 28,
};

/** Where documents are handed in, by either way: who may, how much, and into the queue. */
export class SubmissionDesk {
  readonly database: Database;
  readonly settings: SubmissionSettings;
  readonly outcomes: Outcomes;
  readonly #limiter: RateLimiter;

  constructor(database: Database, settings: SubmissionSettings) {
    this.database = database;
    this.settings = settings;
    this.outcomes = new Outcomes(database);
    this.#limiter = new RateLimiter(settings);
  }

  /** Throws UNAUTHENTICATED. */
  authenticate(authorization: string | null | undefined): Submitter {
    const { tokens } = this.settings;
    const submitter = findSubmitter(tokens, authorization);
    if (submitter === null) throw new ApiError("UNAUTHENTICATED", explainRefusal(tokens, authorization));
    return submitter;
  }

  /** Counts a document against its token's limits. Returns 0, or the seconds until there is room for it. */
  admit({ fingerprint }: Submitter, bytes: number): number {
    return this.#limiter.take(fingerprint, bytes);
  }

  newSubmission({ fingerprint: token }: Submitter, bytes: Buffer): NewSubmission {
    return { id: randomUUID(), token, minimumProof: this.settings.minimumProof, bytes };
  }

  /** Once it resolves, they are on disk. */
  enqueue(submissions: readonly NewSubmission[]): Promise<void> {
    return enqueue(this.database.pool, submissions);
  }

  /** What the mutation does for who made a request. */
  submitFor(authorization: string | null): Submit {
    return async (document) => {
      const submitter = this.authenticate(authorization);
      const bytes = Buffer.from(document, "utf8");
      const { maximumDocumentBytes } = this.settings;
      const fault = faultOfDocument(document, bytes, maximumDocumentBytes);
      // Of a text that is too large, or that bytes cannot hold, nothing is kept.
      const isKept = bytes.length <= maximumDocumentBytes && document.isWellFormed();
      if (fault !== null && !isKept) throw rejected(fault);
      const seconds = this.admit(submitter, bytes.length);
      if (seconds > 0) throw rateLimited(seconds);
      const submission = this.newSubmission(submitter, bytes);
      await this.enqueue([submission]);
      // It is in the queue, all the same: the worker puts it in quarantine with its reason.
      if (fault !== null) throw rejected(fault, submission.id);
      return submission.id;
    };
  }

  close(): Promise<void> {
    return this.outcomes.close();
  }
}

function faultOfDocument(document: string, bytes: Buffer, maximumBytes: number): DocumentError | null {
  try {
    if (document.isWellFormed()) parseDocument(bytes, maximumBytes);
    else parseDocument(document, maximumBytes);
    return null;
  } catch (error) {
    if (error instanceof DocumentError) return error;
    throw error;
  }
}

function rejected({ code, message }: DocumentError, id?: string): ApiError {
  return new ApiError("DOCUMENT_REJECTED", `${code}: ${message}`, {
    documentCode: code,
    ...(id === undefined ? {} : { submission: encodeGlobalId("Submission", id) }),
  });
}

export function rateLimitText(seconds: number): string {
  return `This token has submitted as much as it may in a minute. Try again in ${seconds} s.`;
}

function rateLimited(seconds: number): ApiError {
  return new ApiError("RATE_LIMITED", rateLimitText(seconds), { retryAfter: seconds });
}

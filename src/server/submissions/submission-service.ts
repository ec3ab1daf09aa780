import { randomUUID } from "node:crypto";
import {
  ApiError,
  encodeGlobalId,
  readSubmissions,
  type SubmissionRow,
  type Submit,
} from "../../api/index.ts";
import type { SubmissionSettings } from "../../config/index.ts";
import { DocumentError, parseDocument } from "../../protocol/index.ts";
import { type Database, type Listening, listen, type WalPosition } from "../../store/index.ts";
import { enqueue, finishedChannel, type NewSubmission, readQueueSize } from "../../submissions/index.ts";
import { explainRefusal, findSubmitter, type Submitter } from "../http/index.ts";
import { QueueCapacity, SubmissionPriority, SubmissionRate } from "./admission.ts";

/** The default: no one may submit. */
export const noSubmissions: SubmissionSettings = {
  tokens: [],
  minimumProof: "signed",
  maximumDocumentBytes: 2 ** 23,
  maximumRequestBytes: 2 ** 26,
  documentsPerMinute: 6_000,
  bytesPerMinute: 2 ** 28,
  maximumQueuedDocuments: 100_000,
  maximumQueuedBytes: 2 ** 32,
};

/** Admits submissions of both ways, HTTP and GraphQL: checks who may submit and how much, and fills the queue. */
export class SubmissionService {
  readonly database: Database;
  readonly settings: SubmissionSettings;
  readonly outcomes: FinishedSubmissions;
  /** The end of the log after a submission; null if there are no replicas. */
  readonly written: () => Promise<WalPosition | null>;
  readonly #rate: SubmissionRate;
  readonly #capacity: QueueCapacity;
  readonly #priority = new SubmissionPriority();

  constructor(
    database: Database,
    settings: SubmissionSettings,
    written: () => Promise<WalPosition | null> = async () => null,
  ) {
    this.database = database;
    this.settings = settings;
    this.written = written;
    this.outcomes = new FinishedSubmissions(database);
    this.#rate = new SubmissionRate(settings);
    const limits = { documents: settings.maximumQueuedDocuments, bytes: settings.maximumQueuedBytes };
    this.#capacity = new QueueCapacity(limits, () => readQueueSize(database.pool));
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
    return this.#rate.take(fingerprint, bytes);
  }

  newSubmission({ fingerprint: token }: Submitter, bytes: Buffer): NewSubmission {
    const ahead = this.#priority.headStart(token);
    return { id: randomUUID(), token, minimumProof: this.settings.minimumProof, bytes, ahead };
  }

  /**
   * Queues as many of the first submissions as fit. Once it resolves, they are on disk; if it rejects, none is
   * acknowledged.
   *
   * @returns how many were queued.
   */
  async enqueue(submissions: readonly NewSubmission[]): Promise<number> {
    const count = await this.#capacity.reserve(submissions.map(({ bytes }) => bytes.length));
    const fitting = submissions.slice(0, count);
    try {
      await enqueue(this.database.pool, fitting);
    } finally {
      this.#capacity.release(fitting.map(({ bytes }) => bytes.length));
    }
    return count;
  }

  /** The mutation's implementation for the client of a request. */
  submitFor(authorization: string | null): Submit {
    return async (document) => {
      const submitter = this.authenticate(authorization);
      const bytes = Buffer.from(document, "utf8");
      const { maximumDocumentBytes } = this.settings;
      const fault = faultOfDocument(document, bytes, maximumDocumentBytes);
      // A text that is too large, or not valid Unicode, is not stored.
      const isStored = bytes.length <= maximumDocumentBytes && document.isWellFormed();
      if (fault !== null && !isStored) throw rejected(fault);
      const seconds = this.admit(submitter, bytes.length);
      if (seconds > 0) throw rateLimited(seconds);
      const submission = this.newSubmission(submitter, bytes);
      if ((await this.enqueue([submission])) === 0) {
        throw new ApiError("QUEUE_FULL", queueFullText, { retryAfter: queueFullSeconds });
      }
      // It is queued all the same: the worker puts it in quarantine with its reason.
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
  return `This token has reached its limit per minute. Try again in ${seconds} s.`;
}

/** Seconds after which a client may retry if the queue was full. */
export const queueFullSeconds = 10;

export const queueFullText = `The queue is full. Send the remaining documents again in ${queueFullSeconds} s.`;

function rateLimited(seconds: number): ApiError {
  return new ApiError("RATE_LIMITED", rateLimitText(seconds), { retryAfter: seconds });
}

/** Milliseconds between look-ups of expected submissions: notifications may be lost with a connection. */
const lookUpMilliseconds = 1_000;

/** Reports when submissions are finished. Uses one of the pool's connections from its first use on. */
class FinishedSubmissions {
  readonly #database: Database;
  readonly #expected = new Map<string, (row: SubmissionRow) => void>();
  #listening: Listening | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Ids of notifications that arrived during a look-up. */
  #notified = new Set<string>();
  #isReading = false;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Resolves once the submission is finished. Call it before the submission is in the queue, and `forget` it later. */
  expect(id: string): Promise<SubmissionRow> {
    this.#listening ??= listen(this.#database.pool, {
      channel: finishedChannel,
      onNotice: (payload) => this.#lookUp(payload.split(" ")),
      onListening: () => this.#lookUp(this.#expected.keys()),
    });
    this.#timer ??= setInterval(() => this.#lookUp(this.#expected.keys()), lookUpMilliseconds).unref();
    return new Promise((resolve) => this.#expected.set(id, resolve));
  }

  /** Stops waiting for it. */
  forget(id: string): void {
    this.#expected.delete(id);
    if (this.#expected.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#listening?.close();
  }

  #lookUp(ids: Iterable<string>): void {
    for (const id of ids) if (this.#expected.has(id)) this.#notified.add(id);
    if (this.#isReading || this.#notified.size === 0) return;
    this.#isReading = true;
    const notified = [...this.#notified];
    this.#notified = new Set();
    readSubmissions(this.#database, notified)
      .then((rows) => {
        for (const row of rows.values()) if (row.status !== "queued") this.#finish(row);
      })
      // The next look-up follows.
      .catch(() => {})
      .finally(() => {
        this.#isReading = false;
        this.#lookUp([]);
      });
  }

  #finish(row: SubmissionRow): void {
    this.#expected.get(row.submissionId)?.(row);
    this.forget(row.submissionId);
  }
}

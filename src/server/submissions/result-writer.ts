import type { IncomingMessage, ServerResponse } from "node:http";
import {
  rejectedEventLines,
  type SubmissionError,
  type SubmissionRow,
  submissionErrorOf,
} from "../../api/index.ts";
import type { documentErrorCodes } from "../../protocol/index.ts";
import { AsyncEvent } from "../../runtime/index.ts";
import { type BodyError, RetryLaterError, send, untilDrained } from "../http/index.ts";

import { positionHeaders } from "../read-routing.ts";
import type { ReceivedDocument } from "./read-submissions.ts";
import type { SubmissionService } from "./submission-service.ts";

/** The answer to one document, or to the rest of a body that was not read. */
type SubmissionResult = {
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

export function submissionResult(row: SubmissionRow): SubmissionResult {
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
function queuedResult(id: string): SubmissionResult {
  return { id, status: "QUEUED", url: `${submissionsPath}/${id}` };
}

/** The HTTP status that sums up the results of a request. */
export function statusOf(results: readonly SubmissionResult[]): number {
  if (results.some(({ status }) => status === "QUEUED")) return 202;
  if (results.some(({ status }) => status === "MERGED")) return 200;
  if (results.some(({ status }) => status === "FAILED")) return 503;
  return results.every(({ error }) => error?.code === "TOO_LARGE") ? 413 : 422;
}

/** Maximum answers that are buffered while the body arrives; beyond that they are sent. */
const maxBuffered = 500;

/**
 * Maximum documents without an answer. Beyond that, the first are answered QUEUED without further waiting for the
 * worker, and reading stops until the client has read its answers.
 */
const maxUnanswered = 10_000;

const tooLargeCode = "TOO_LARGE" satisfies (typeof documentErrorCodes)[number];

type Waiting = { readonly document: ReceivedDocument; readonly until: number };

/**
 * Answers the documents of one request in order, each once it is finished or its wait is over.
 *
 * Answers are buffered if possible: those sent after the complete body was read get a status that sums up all
 * documents. As soon as the client waits for them, or there are many, they are sent as they come, with status 200,
 * while the body is still being read.
 */
export class ResultWriter {
  readonly #service: SubmissionService;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #isArray: boolean;
  /** In milliseconds. */
  readonly #wait: number;
  /** Aborted when the client is gone. */
  readonly #abort = new AbortController();
  readonly #added = new AsyncEvent();
  readonly #drained = new AsyncEvent();
  readonly #flushEarly = new AsyncEvent();
  readonly #running: Promise<void>;
  #waiting: Waiting[] = [];
  #buffered: SubmissionResult[] = [];
  #isEnded = false;
  #isStreaming = false;
  #hasSent = false;

  /** `wait`: how long an answer waits for the worker, in seconds. */
  constructor(service: SubmissionService, request: IncomingMessage, response: ServerResponse, wait: number) {
    this.#service = service;
    this.#request = request;
    this.#response = response;
    this.#wait = wait * 1000;
    this.#isArray = /\bapplication\/json\b/i.test(request.headers.accept ?? "");
    response.once("close", () => this.abandon());
    this.#running = this.#run();
  }

  /** Adds documents to be answered. Resolves when there is room for more. */
  async add(documents: readonly ReceivedDocument[]): Promise<void> {
    const until = performance.now() + this.#wait;
    for (const document of documents) this.#waiting.push({ document, until });
    this.#added.set();
    if (!this.#isFull) return;
    this.stream();
    this.#flushEarly.set();
    while (this.#isFull && !this.#abort.signal.aborted) await this.#drained.wait();
  }

  get #isFull(): boolean {
    return this.#waiting.length >= maxUnanswered;
  }

  /** Sends answers as they come, from now on. */
  stream(): void {
    this.#isStreaming = true;
    this.#flush();
  }

  /** Answers the remaining documents, and why reading stopped. Resolves to false if there was no document. */
  async end(stopped: BodyError | null): Promise<boolean> {
    this.#isEnded = true;
    this.#added.set();
    await this.#running;
    const written = await this.#service.written();
    if (this.#abort.signal.aborted) return true;
    if (!this.#hasSent && this.#buffered.length === 0) return false;
    const status = stopped?.status ?? statusOf(this.#buffered);
    if (stopped !== null) this.#buffered.push(notReadResult(stopped));
    if (this.#hasSent) {
      this.#flush();
      this.#response.end(this.#isArray ? "]\n" : "");
      return true;
    }
    const text = `${this.#textOf(this.#buffered)}${this.#isArray ? "]\n" : ""}`;
    const headers = {
      ...(stopped instanceof RetryLaterError ? { "retry-after": String(stopped.seconds) } : {}),
      ...positionHeaders(written),
    };
    send(this.#request, this.#response, status, { type: this.#type, text, headers });
    return true;
  }

  /** Stops answering, and waiting for outcomes. */
  abandon(): void {
    this.#abort.abort();
    for (const { document } of this.#waiting.splice(0)) this.#forget(document);
    for (const event of [this.#added, this.#drained, this.#flushEarly]) event.set();
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      const [next] = this.#waiting;
      if (next === undefined) {
        if (this.#isEnded) return;
        await this.#added.wait();
        continue;
      }
      const result = await this.#result(next);
      if (signal.aborted) return;
      this.#waiting.shift();
      this.#buffered.push(result);
      if (this.#buffered.length >= maxBuffered) this.#isStreaming = true;
      this.#flush();
      await this.#waitForReader();
      this.#drained.set();
    }
  }

  async #result({ document, until }: Waiting): Promise<SubmissionResult> {
    const { id, line, outcome } = document;
    const place = line === undefined ? {} : { line };
    if (id === null) {
      const message = `The document is larger than ${this.#service.settings.maximumDocumentBytes} bytes, the maximum.`;
      return { ...place, id, status: "REJECTED", error: { code: tooLargeCode, message } };
    }
    const left = this.#isFull ? 0 : Math.max(0, until - performance.now());
    const row = await Promise.race([outcome, this.#flushEarly.wait({ timeout: left }).then(() => undefined)]);
    // Ends the timer of the wait, if the outcome came first.
    this.#flushEarly.set();
    this.#flushEarly.clear();
    this.#forget(document);
    return { ...place, ...(row === undefined ? queuedResult(id) : submissionResult(row)) };
  }

  #forget({ id }: ReceivedDocument): void {
    if (id !== null) this.#service.outcomes.forget(id);
  }

  /** Sends buffered answers if streaming; nothing if the body has ended and a status can still be set. */
  #flush(): void {
    if (!this.#isStreaming || this.#buffered.length === 0 || this.#abort.signal.aborted) return;
    if (!this.#hasSent) {
      if (this.#isEnded) return;
      this.#response.writeHead(200, {
        "content-type": `${this.#type}; charset=utf-8`,
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
      });
    }
    const text = this.#textOf(this.#buffered);
    this.#buffered = [];
    this.#hasSent = true;
    this.#response.write(text);
  }

  /** Waits for a client that reads more slowly than it is answered. The server ends connections that do not read. */
  async #waitForReader(): Promise<void> {
    // If the client is gone, nothing more is answered.
    if (this.#response.writableNeedDrain) await untilDrained(this.#response).catch(() => {});
  }

  get #type(): string {
    return this.#isArray ? "application/json" : "application/x-ndjson";
  }

  /** One JSON object a line; for clients that request application/json, the next elements of an array. */
  #textOf(results: readonly SubmissionResult[]): string {
    const texts = results.map((result) => JSON.stringify(result));
    if (!this.#isArray) return texts.map((text) => `${text}\n`).join("");
    return texts.map((text, index) => `${index === 0 && !this.#hasSent ? "[" : ","}${text}`).join("");
  }
}

function notReadResult(stopped: BodyError): SubmissionResult {
  const { code, message } = stopped;
  const later = stopped instanceof RetryLaterError ? { retryAfter: stopped.seconds } : {};
  return { id: null, status: "NOT_READ", error: { code, message, ...later } };
}

import type { IncomingMessage, ServerResponse } from "node:http";
import {
  refusedLinesOf,
  type SubmissionError,
  type SubmissionRow,
  submissionErrorOf,
} from "../../api/index.ts";
import type { documentErrorCodes } from "../../protocol/index.ts";
import { AsyncEvent } from "../../runtime/index.ts";
import { type BodyError, RetryLaterError, send, untilDrained } from "../http/index.ts";

import { positionHeaders } from "../read-routing.ts";
import type { Taken } from "./read-submissions.ts";
import type { SubmissionDesk } from "./submission-service.ts";

/** The answer to one document, or to the rest of a body that was not read. */
type Answer = {
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

/** The answer for a submission that is on disk and not finished yet. */
function queuedAnswer(id: string): Answer {
  return { id, status: "QUEUED", url: `${submissionsPath}/${id}` };
}

/** The HTTP status that sums up the answers of a request. */
export function statusOf(answers: readonly Answer[]): number {
  if (answers.some(({ status }) => status === "QUEUED")) return 202;
  if (answers.some(({ status }) => status === "MERGED")) return 200;
  if (answers.some(({ status }) => status === "FAILED")) return 503;
  return answers.every(({ error }) => error?.code === "TOO_LARGE") ? 413 : 422;
}

/** The most answers that are buffered while the body arrives; beyond that they are sent. */
const mostHeld = 500;

/**
 * The most documents without an answer. Beyond that, the first are answered QUEUED without further waiting for the
 * worker, and reading stops until the client has read its answers.
 */
const mostUnanswered = 10_000;

const tooLargeCode = "TOO_LARGE" satisfies (typeof documentErrorCodes)[number];

type Waiting = { readonly taken: Taken; readonly until: number };

/**
 * Answers the documents of one request in order, each once it is finished or its wait is over.
 *
 * Answers are buffered if possible: those sent after the complete body was read get a status that sums up all
 * documents. As soon as the client waits for them, or there are many, they are sent as they come, with status 200,
 * while the body is still being read.
 */
export class AnswerWriter {
  readonly #desk: SubmissionDesk;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #isArray: boolean;
  /** In milliseconds. */
  readonly #wait: number;
  /** Aborted when the client is gone. */
  readonly #gone = new AbortController();
  readonly #news = new AsyncEvent();
  readonly #room = new AsyncEvent();
  readonly #hurry = new AsyncEvent();
  readonly #running: Promise<void>;
  #waiting: Waiting[] = [];
  #held: Answer[] = [];
  #isEnded = false;
  #isStreaming = false;
  #hasSent = false;

  /** `wait`: how long an answer waits for the worker, in seconds. */
  constructor(desk: SubmissionDesk, request: IncomingMessage, response: ServerResponse, wait: number) {
    this.#desk = desk;
    this.#request = request;
    this.#response = response;
    this.#wait = wait * 1000;
    this.#isArray = /\bapplication\/json\b/i.test(request.headers.accept ?? "");
    response.once("close", () => this.abandon());
    this.#running = this.#run();
  }

  /** Adds documents to be answered. Resolves when there is room for more. */
  async add(taken: readonly Taken[]): Promise<void> {
    const until = performance.now() + this.#wait;
    for (const one of taken) this.#waiting.push({ taken: one, until });
    this.#news.set();
    if (!this.#isCrowded) return;
    this.stream();
    this.#hurry.set();
    while (this.#isCrowded && !this.#gone.signal.aborted) await this.#room.wait();
  }

  get #isCrowded(): boolean {
    return this.#waiting.length >= mostUnanswered;
  }

  /** Sends answers as they come, from now on. */
  stream(): void {
    this.#isStreaming = true;
    this.#flush();
  }

  /** Answers the remaining documents, and why reading stopped. Resolves to false if there was no document. */
  async end(stopped: BodyError | null): Promise<boolean> {
    this.#isEnded = true;
    this.#news.set();
    await this.#running;
    const written = await this.#desk.written();
    if (this.#gone.signal.aborted) return true;
    if (!this.#hasSent && this.#held.length === 0) return false;
    const status = stopped?.status ?? statusOf(this.#held);
    if (stopped !== null) this.#held.push(notRead(stopped));
    if (this.#hasSent) {
      this.#flush();
      this.#response.end(this.#isArray ? "]\n" : "");
      return true;
    }
    const text = `${this.#textOf(this.#held)}${this.#isArray ? "]\n" : ""}`;
    const headers = {
      ...(stopped instanceof RetryLaterError ? { "retry-after": String(stopped.seconds) } : {}),
      ...positionHeaders(written),
    };
    send(this.#request, this.#response, status, { type: this.#type, text, headers });
    return true;
  }

  /** Stops answering, and waiting for outcomes. */
  abandon(): void {
    this.#gone.abort();
    for (const { taken } of this.#waiting.splice(0)) this.#forget(taken);
    for (const event of [this.#news, this.#room, this.#hurry]) event.set();
  }

  async #run(): Promise<void> {
    const { signal } = this.#gone;
    while (!signal.aborted) {
      const [next] = this.#waiting;
      if (next === undefined) {
        if (this.#isEnded) return;
        await this.#news.wait();
        continue;
      }
      const answer = await this.#answer(next);
      if (signal.aborted) return;
      this.#waiting.shift();
      this.#held.push(answer);
      if (this.#held.length >= mostHeld) this.#isStreaming = true;
      this.#flush();
      await this.#read();
      this.#room.set();
    }
  }

  async #answer({ taken, until }: Waiting): Promise<Answer> {
    const { id, line, outcome } = taken;
    const place = line === undefined ? {} : { line };
    if (id === null) {
      const message = `The document is larger than ${this.#desk.settings.maximumDocumentBytes} bytes, the maximum.`;
      return { ...place, id, status: "REJECTED", error: { code: tooLargeCode, message } };
    }
    const left = this.#isCrowded ? 0 : Math.max(0, until - performance.now());
    const row = await Promise.race([outcome, this.#hurry.wait({ timeout: left }).then(() => undefined)]);
    // Ends the timer of the wait, if the outcome came first.
    this.#hurry.set();
    this.#hurry.clear();
    this.#forget(taken);
    return { ...place, ...(row === undefined ? queuedAnswer(id) : answerOf(row)) };
  }

  #forget({ id }: Taken): void {
    if (id !== null) this.#desk.outcomes.forget(id);
  }

  /** Sends buffered answers if streaming; nothing if the body has ended and a status can still be set. */
  #flush(): void {
    if (!this.#isStreaming || this.#held.length === 0 || this.#gone.signal.aborted) return;
    if (!this.#hasSent) {
      if (this.#isEnded) return;
      this.#response.writeHead(200, {
        "content-type": `${this.#type}; charset=utf-8`,
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
      });
    }
    const text = this.#textOf(this.#held);
    this.#held = [];
    this.#hasSent = true;
    this.#response.write(text);
  }

  /** Waits for a client that reads more slowly than it is answered. The server ends connections that do not read. */
  async #read(): Promise<void> {
    // If the client is gone, nothing more is answered.
    if (this.#response.writableNeedDrain) await untilDrained(this.#response).catch(() => {});
  }

  get #type(): string {
    return this.#isArray ? "application/json" : "application/x-ndjson";
  }

  /** One JSON object a line; for clients that request application/json, the next elements of an array. */
  #textOf(answers: readonly Answer[]): string {
    const texts = answers.map((answer) => JSON.stringify(answer));
    if (!this.#isArray) return texts.map((text) => `${text}\n`).join("");
    return texts.map((text, index) => `${index === 0 && !this.#hasSent ? "[" : ","}${text}`).join("");
  }
}

function notRead(stopped: BodyError): Answer {
  const { code, message } = stopped;
  const later = stopped instanceof RetryLaterError ? { retryAfter: stopped.seconds } : {};
  return { id: null, status: "NOT_READ", error: { code, message, ...later } };
}

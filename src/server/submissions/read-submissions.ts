import type { IncomingMessage } from "node:http";
import { setImmediate as afterInput, setTimeout as delay } from "node:timers/promises";
import { retryAfterSeconds, type SubmissionRow } from "../../api/index.ts";
import { linesOf, type Piece, skipByteOrderMark, wholeOf } from "../../ingest/index.ts";
import type { NewSubmission } from "../../submissions/index.ts";
import { BodyError, RetryLaterError, readBodyChunks, type Submitter, tooLarge } from "../http/index.ts";

import {
  queueFullSeconds,
  queueFullText,
  rateLimitText,
  type SubmissionService,
} from "./submission-service.ts";

/** A document of a body, in the order of the body: stored on disk under an id, or larger than allowed. */
export type ReceivedDocument = {
  readonly line: number | undefined;
  readonly id: string | null;
  /** Resolves when it is finished; absent if the client does not wait. */
  readonly outcome?: Promise<SubmissionRow>;
};

type ReadOptions = {
  readonly isWaiting: boolean;
  /** Called if documents could not be written. */
  readonly onError: (error: unknown) => void;
  /** Called with documents that are on disk; reading pauses until it resolves. */
  readonly onReceived: (documents: readonly ReceivedDocument[]) => Promise<void>;
  /** Called if the client has sent nothing for a moment, and may wait for an answer. Everything received is on disk. */
  readonly onPause: () => void;
};

/** Maximum documents and bytes that one statement writes. */
const maxChunkDocuments = 100;
const maxChunkBytes = 4_000_000;

/** Milliseconds without a document after which pending ones are written: the client may wait for their answers. */
const pauseMilliseconds = 50;

/**
 * Reads the documents of a request into the queue, no faster than they are written and answered: memory is bounded by
 * the limits, not by the body.
 *
 * @returns why the rest was not read, or not stored; null if all of it was. Rejects if the client is gone.
 */
export async function readSubmissionBody(
  service: SubmissionService,
  submitter: Submitter,
  request: IncomingMessage,
  options: ReadOptions,
): Promise<BodyError | null> {
  const chunk = new Chunk(service, submitter, options);
  let pieces: AsyncGenerator<Piece> | undefined;
  let isReading = false;
  try {
    pieces = piecesOf(service, request);
    for (;;) {
      const next = pieces.next();
      isReading = true;
      if (!(await settlesSoon(next))) {
        await chunk.flush();
        options.onPause();
      }
      const { done, value } = await next;
      isReading = false;
      if (done) break;
      chunk.add(value);
      if (chunk.isFull) await chunk.flush();
    }
    await chunk.flush();
    return null;
  } catch (error) {
    if (!(error instanceof BodyError)) throw error;
    // Complete documents before the error are stored, except if writing caused it.
    return (await chunk.flush().then(() => null, asBodyError)) ?? error;
  } finally {
    const closed = pieces?.return(undefined).catch(() => {});
    // If it waits for the client, it ends with the client's next action.
    if (!isReading) await closed;
  }
}

/** Documents that were read and are not on disk yet. */
class Chunk {
  readonly #service: SubmissionService;
  readonly #submitter: Submitter;
  readonly #options: ReadOptions;
  #entries: { readonly line: number | undefined; readonly submission: NewSubmission | null }[] = [];
  #bytes = 0;

  constructor(service: SubmissionService, submitter: Submitter, options: ReadOptions) {
    this.#service = service;
    this.#submitter = submitter;
    this.#options = options;
  }

  get isFull(): boolean {
    return this.#entries.length >= maxChunkDocuments || this.#bytes >= maxChunkBytes;
  }

  /** Throws BodyError if the submitter may send no more. */
  add({ bytes, line }: Piece): void {
    if (bytes === null) {
      this.#entries.push({ line, submission: null });
      return;
    }
    const seconds = this.#service.admit(this.#submitter, bytes.length);
    if (seconds > 0) throw new RetryLaterError(429, "RATE_LIMITED", rateLimitText(seconds), seconds);
    this.#entries.push({ line, submission: this.#service.newSubmission(this.#submitter, bytes) });
    this.#bytes += bytes.length;
  }

  /** Throws BodyError if some could not be written. Those that were, the first in order, are acknowledged. */
  async flush(): Promise<void> {
    const entries = this.#entries;
    if (entries.length === 0) return;
    this.#entries = [];
    this.#bytes = 0;
    const { isWaiting, onReceived } = this.#options;
    const submissions = entries.map(({ submission }) => submission).filter((given) => given !== null);
    const { outcomes } = this.#service;
    const expected = new Map(
      isWaiting ? submissions.map(({ id }) => [id, outcomes.expect(id)] as const) : [],
    );
    const written = await this.#write(submissions);
    const left = new Set(submissions.slice(written));
    for (const { id } of left) outcomes.forget(id);
    const end = entries.findIndex(({ submission }) => submission !== null && left.has(submission));
    await onReceived(
      entries.slice(0, end < 0 ? entries.length : end).map(({ line, submission }): ReceivedDocument => {
        const outcome = expected.get(submission?.id ?? "");
        return { line, id: submission?.id ?? null, ...(outcome === undefined ? {} : { outcome }) };
      }),
    );
    if (left.size > 0) throw new RetryLaterError(503, "QUEUE_FULL", queueFullText, queueFullSeconds);
  }

  /** Returns the number of documents written. */
  async #write(submissions: readonly NewSubmission[]): Promise<number> {
    try {
      return await this.#service.enqueue(submissions);
    } catch (error) {
      // They may be stored all the same: a connection can be lost after the commit.
      for (const { id } of submissions) this.#service.outcomes.forget(id);
      this.#options.onError(error);
      throw new RetryLaterError(
        503,
        "UNAVAILABLE",
        `The database is unavailable. Send the remaining documents again in ${retryAfterSeconds} s.`,
        retryAfterSeconds,
      );
    }
  }
}

function asBodyError(error: unknown): BodyError {
  if (error instanceof BodyError) return error;
  throw error;
}

/** Whether it settles before the client seems to pause. */
async function settlesSoon(next: Promise<unknown>): Promise<boolean> {
  let hasSettled = false;
  const onSettled = () => {
    hasSettled = true;
  };
  const timeout = new AbortController();
  const soon = next.then(onSettled, onSettled);
  await Promise.race([soon, delay(pauseMilliseconds, undefined, { signal: timeout.signal }).catch(() => {})]);
  timeout.abort();
  // A process that was busy this long has not read the input that arrived during that time.
  if (!hasSettled) await afterInput();
  return hasSettled;
}

function piecesOf({ settings }: SubmissionService, request: IncomingMessage): AsyncGenerator<Piece> {
  const { maximumDocumentBytes, maximumRequestBytes } = settings;
  const type = (request.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase();
  const isSingleDocument = type === "application/json";
  const length = Number(request.headers["content-length"] ?? 0);
  const isPlain = request.headers["content-encoding"] === undefined;
  if (isSingleDocument && isPlain && length > maximumDocumentBytes)
    throw tooLarge("The document", maximumDocumentBytes);
  if (length > maximumRequestBytes) throw tooLarge("The request's body", maximumRequestBytes);
  const chunks = skipByteOrderMark(readBodyChunks(request, maximumRequestBytes));
  if (isSingleDocument) return wholeOf(chunks, maximumDocumentBytes);
  if (type === "application/x-ndjson") return linesOf(chunks, maximumDocumentBytes, true);
  return linesOf(limitFirstLine(chunks, maximumDocumentBytes), maximumDocumentBytes, false);
}

/** If the first line exceeds the limit, a body that may be one document is not read further. */
async function* limitFirstLine(chunks: AsyncIterable<Buffer>, maximumBytes: number): AsyncGenerator<Buffer> {
  let size = 0;
  let isFirstLine = true;
  for await (const chunk of chunks) {
    if (isFirstLine) {
      const end = chunk.indexOf(0x0a);
      isFirstLine = end < 0;
      size += isFirstLine ? chunk.length : end;
      if (size > maximumBytes) throw tooLarge("The document", maximumBytes);
    }
    yield chunk;
  }
}

import type { IncomingMessage } from "node:http";
import type { SubmissionRow } from "../../api/submission-rows.ts";
import { linesOf, wholeOf } from "../../ingest/sources/pieces.ts";
import type { NewSubmission } from "../../ingest/submissions/index.ts";
import { BodyError, readBody, tooLarge } from "./body.ts";
import { rateLimitText, type SubmissionDesk } from "./desk.ts";
import type { Submitter } from "./tokens.ts";

/** A document of a body, in the order of the body: kept under an id, or larger than allowed. */
export type Taken = {
  readonly line: number | undefined;
  readonly id: string | null;
  /** Resolves when it is finished; absent where nobody waits. */
  readonly outcome?: Promise<SubmissionRow>;
};

export type Intake = {
  /** What has an id is on disk. */
  readonly taken: readonly Taken[];
  /** Why the rest was not read, or not kept. */
  readonly stopped: BodyError | null;
};

/** Documents are written in one statement, so many or so large at most. */
const chunkDocuments = 100;
const chunkBytes = 4_000_000;

export type IntakeOptions = {
  readonly isWaiting: boolean;
  /** Told where documents could not be written. */
  readonly onFault: (error: unknown) => void;
};

/** Reads the documents of a request into the queue. Memory is bounded by the limits, not by the body. */
export async function takeBody(
  desk: SubmissionDesk,
  submitter: Submitter,
  request: IncomingMessage,
  { isWaiting, onFault }: IntakeOptions,
): Promise<Intake> {
  const taken: Taken[] = [];
  let chunk: NewSubmission[] = [];
  let size = 0;
  const flush = async () => {
    const submissions = chunk;
    chunk = [];
    size = 0;
    const kept = submissions.map(({ id }) => id);
    try {
      await desk.enqueue(submissions);
    } catch (error) {
      onFault(error);
      // Not acknowledged, though they may be there: a connection can be lost after the commit.
      for (const id of kept) desk.outcomes.forget(id);
      for (let index = taken.length - 1; index >= 0; index--) {
        if (kept.includes(taken[index]?.id ?? "")) taken.splice(index, 1);
      }
      throw new BodyError(503, "UNAVAILABLE", "The database cannot be reached. Send the rest again later.");
    }
  };
  const take = (bytes: Buffer, line: number | undefined) => {
    const seconds = desk.admit(submitter, bytes.length);
    if (seconds > 0) throw new RateLimitError(seconds);
    const submission = desk.newSubmission(submitter, bytes);
    chunk.push(submission);
    size += bytes.length;
    const { id } = submission;
    taken.push({ line, id, ...(isWaiting ? { outcome: desk.outcomes.expect(id) } : {}) });
  };
  let stopped: BodyError | null = null;
  try {
    for await (const { bytes, line } of piecesOf(desk, request)) {
      if (bytes === null) taken.push({ line, id: null });
      else take(bytes, line);
      if (chunk.length >= chunkDocuments || size >= chunkBytes) await flush();
    }
  } catch (error) {
    if (!(error instanceof BodyError)) {
      for (const { id } of taken) if (id !== null) desk.outcomes.forget(id);
      throw error;
    }
    stopped = error;
  }
  try {
    if (chunk.length > 0) await flush();
  } catch (error) {
    if (!(error instanceof BodyError)) throw error;
    stopped = error;
  }
  return { taken, stopped };
}

function piecesOf({ settings }: SubmissionDesk, request: IncomingMessage) {
  const { maximumDocumentBytes, maximumRequestBytes } = settings;
  const type = (request.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase();
  const isWhole = type === "application/json";
  const length = Number(request.headers["content-length"] ?? 0);
  const isPlain = request.headers["content-encoding"] === undefined;
  if (isWhole && isPlain && length > maximumDocumentBytes)
    throw tooLarge("The document", maximumDocumentBytes);
  if (length > maximumRequestBytes) throw tooLarge("The request's body", maximumRequestBytes);
  const chunks = readBody(request, maximumRequestBytes);
  if (isWhole) return wholeOf(chunks, maximumDocumentBytes);
  if (type === "application/x-ndjson") return linesOf(chunks, maximumDocumentBytes, true);
  return linesOf(limitFirstLine(chunks, maximumDocumentBytes), maximumDocumentBytes, false);
}

/** A body that may be one document, and is too large for that before its first line ends, is not read on. */
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

export class RateLimitError extends BodyError {
  readonly seconds: number;

  constructor(seconds: number) {
    super(429, "RATE_LIMITED", rateLimitText(seconds));
    this.seconds = seconds;
  }
}

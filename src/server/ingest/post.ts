import type { IncomingMessage, ServerResponse } from "node:http";
import { ApiError, badUserInput } from "../../api/errors.ts";
import type { LogError } from "../mask-error.ts";
import { sendError } from "../responses.ts";
import { AnswerWriter } from "./answer-writer.ts";
import { type BodyError, letGo, RetryLaterError } from "./body.ts";
import type { SubmissionDesk } from "./desk.ts";
import { takeBody } from "./intake.ts";
import type { Submitter } from "./tokens.ts";

/** Seconds that an answer waits for the worker, unless the request says otherwise. */
const usualWait = 10;
const longestWait = 30;

/** `POST /ingest`: takes documents into the queue, and answers each. */
export async function answerPost(
  desk: SubmissionDesk,
  logError: LogError,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let submitter: Submitter;
  let wait: number;
  try {
    submitter = desk.authenticate(request.headers.authorization);
    wait = waitOf(request);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    refuse(request, response, error);
    return;
  }
  const writer = new AnswerWriter(desk, request, response, wait);
  let stopped: BodyError | null;
  try {
    stopped = await takeBody(desk, submitter, request, {
      isWaiting: wait > 0,
      onFault: (error) => logError("documents could not be put into the queue", error),
      onTaken: (taken) => writer.add(taken),
      onPause: () => writer.stream(),
    });
  } catch (error) {
    writer.abandon();
    if (request.destroyed && !request.complete) return;
    throw error;
  }
  if (!(await writer.end(stopped))) {
    const { status, code, message } = stopped ?? nothing;
    const headers: Record<string, string> =
      stopped instanceof RetryLaterError ? { "retry-after": String(stopped.seconds) } : {};
    sendError(request, response, status, { code, message, headers });
  }
  letGo(request);
}

const nothing = { status: 400, code: "BAD_USER_INPUT", message: "The body holds no document." } as const;

function refuse(request: IncomingMessage, response: ServerResponse, error: ApiError): void {
  const isUnauthenticated = error.extensions["code"] === "UNAUTHENTICATED";
  sendError(request, response, isUnauthenticated ? 401 : 400, {
    code: isUnauthenticated ? "UNAUTHENTICATED" : "BAD_USER_INPUT",
    message: error.message,
    ...(isUnauthenticated ? { headers: { "www-authenticate": 'Bearer realm="pith-graph"' } } : {}),
  });
  letGo(request);
}

function waitOf({ url = "" }: IncomingMessage): number {
  const text = new URLSearchParams(url.split("?", 2)[1] ?? "").get("wait") ?? String(usualWait);
  const seconds = Number(text);
  if (/^\d+$/.test(text) && seconds <= longestWait) return seconds;
  throw badUserInput(`wait is a whole number of seconds from 0 to ${longestWait}.`);
}

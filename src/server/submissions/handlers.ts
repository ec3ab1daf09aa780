import type { IncomingMessage, ServerResponse } from "node:http";
import { ApiError, badUserInput, readSubmissions } from "../../api/index.ts";
import type { LogError } from "../graphql/index.ts";
import {
  type BodyError,
  discardBody,
  explainRefusal,
  findSubmitter,
  inTime,
  queryOf,
  RetryLaterError,
  type Route,
  type Submitter,
  sendError,
  sendJson,
  type TimedRead,
} from "../http/index.ts";

import { positionHeaders } from "../read-routing.ts";
import { takeBody } from "./read-submissions.ts";
import { AnswerWriter, answerOf } from "./result-writer.ts";
import type { SubmissionDesk } from "./submission-service.ts";

type SubmissionOptions = {
  /** How long an answer about a submission may read from the database before it is TIMEOUT. */
  readonly milliseconds: number;
  readonly logError: LogError;
};

/** `POST /ingest`, and the status of a submission by the id that the path captures. */
export function createSubmissionHandlers(
  desk: SubmissionDesk,
  { milliseconds, logError }: SubmissionOptions,
): { readonly post: Route["handle"]; readonly status: Route["handle"] } {
  return {
    post: (request, response) => answerPost(desk, logError, request, response),
    status: inTime(
      (request, response, { read, captured: [id = ""] }) => answerStatus(desk, id, request, response, read),
      milliseconds,
    ),
  };
}

/** Seconds that an answer waits for the worker. Defaults to 10, at most 30. */
const defaultWait = 10;
const maxWait = 30;

/** `POST /ingest`: queues documents, and answers each. */
async function answerPost(
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
      onFault: (error) => logError("could not queue documents", error),
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
  discardBody(request);
}

const nothing = { status: 400, code: "BAD_USER_INPUT", message: "The body contains no document." } as const;

function refuse(request: IncomingMessage, response: ServerResponse, error: ApiError): void {
  const isUnauthenticated = error.extensions["code"] === "UNAUTHENTICATED";
  sendError(request, response, isUnauthenticated ? 401 : 400, {
    code: isUnauthenticated ? "UNAUTHENTICATED" : "BAD_USER_INPUT",
    message: error.message,
    ...(isUnauthenticated ? { headers: { "www-authenticate": 'Bearer realm="pith-graph"' } } : {}),
  });
  discardBody(request);
}

function waitOf(request: IncomingMessage): number {
  const text = queryOf(request).get("wait") ?? String(defaultWait);
  const seconds = Number(text);
  if (/^\d+$/.test(text) && seconds <= maxWait) return seconds;
  throw badUserInput(`wait is a whole number of seconds from 0 to ${maxWait}.`);
}

/** `GET /ingest/<id>`: the status of a submission. */
async function answerStatus(
  desk: SubmissionDesk,
  id: string,
  request: IncomingMessage,
  response: ServerResponse,
  read: TimedRead,
): Promise<void> {
  const {
    database,
    settings: { tokens },
  } = desk;
  const { authorization } = request.headers;
  if (findSubmitter(tokens, authorization) === null) {
    return sendError(request, response, 401, {
      code: "UNAUTHENTICATED",
      message: explainRefusal(tokens, authorization),
      headers: { "www-authenticate": 'Bearer realm="pith-graph"' },
    });
  }
  const row = (await read(() => readSubmissions(database, [id]))).get(id);
  if (row === undefined) {
    return sendError(request, response, 404, { code: "NOT_FOUND", message: "No submission has this id." });
  }
  sendJson(request, response, 200, answerOf(row), {
    "cache-control": "no-store",
    ...positionHeaders(await read(() => desk.written())),
  });
}

import type { IncomingMessage, ServerResponse } from "node:http";
import { ApiError, badUserInput, readSubmissions } from "../../api/index.ts";
import type { LogError } from "../graphql/index.ts";
import {
  type BodyError,
  bearerChallenge,
  discardBody,
  explainRefusal,
  findSubmitter,
  type LimitedRead,
  queryOf,
  RetryLaterError,
  type Route,
  type Submitter,
  sendError,
  sendJson,
  withTimeLimit,
} from "../http/index.ts";

import { positionHeaders } from "../read-routing.ts";
import { readSubmissionBody } from "./read-submissions.ts";
import { ResultWriter, submissionResult } from "./result-writer.ts";
import type { SubmissionService } from "./submission-service.ts";

type SubmissionOptions = {
  /** How long an answer about a submission may read from the database before it is TIMEOUT. */
  readonly milliseconds: number;
  readonly logError: LogError;
};

/** `POST /ingest`, and the status of a submission by the id that the path captures. */
export function createSubmissionHandlers(
  service: SubmissionService,
  { milliseconds, logError }: SubmissionOptions,
): { readonly post: Route["handle"]; readonly status: Route["handle"] } {
  return {
    post: (request, response) => answerPost(service, logError, request, response),
    status: withTimeLimit(
      (request, response, { read, captured: [id = ""] }) =>
        answerStatus(service, id, request, response, read),
      milliseconds,
    ),
  };
}

/** Seconds that an answer waits for the worker. Defaults to 10, at most 30. */
const defaultWait = 10;
const maxWait = 30;

/** `POST /ingest`: queues documents, and answers each. */
async function answerPost(
  service: SubmissionService,
  logError: LogError,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let submitter: Submitter;
  let wait: number;
  try {
    submitter = service.authenticate(request.headers.authorization);
    wait = waitOf(request);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    refuse(request, response, error);
    return;
  }
  const writer = new ResultWriter(service, request, response, wait);
  let stopped: BodyError | null;
  try {
    stopped = await readSubmissionBody(service, submitter, request, {
      isWaiting: wait > 0,
      onError: (error) => logError("could not queue documents", error),
      onReceived: (documents) => writer.add(documents),
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
    ...(isUnauthenticated ? { headers: bearerChallenge } : {}),
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
  service: SubmissionService,
  id: string,
  request: IncomingMessage,
  response: ServerResponse,
  read: LimitedRead,
): Promise<void> {
  const {
    database,
    settings: { tokens },
  } = service;
  const { authorization } = request.headers;
  if (findSubmitter(tokens, authorization) === null) {
    return sendError(request, response, 401, {
      code: "UNAUTHENTICATED",
      message: explainRefusal(tokens, authorization),
      headers: bearerChallenge,
    });
  }
  const row = (await read(() => readSubmissions(database, [id]))).get(id);
  if (row === undefined) {
    return sendError(request, response, 404, { code: "NOT_FOUND", message: "No submission has this id." });
  }
  sendJson(request, response, 200, submissionResult(row), {
    "cache-control": "no-store",
    ...positionHeaders(await read(() => service.written())),
  });
}

import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { ApiError, badUserInput } from "../../api/errors.ts";
import type { documentErrorCodes } from "../../protocol/index.ts";
import type { LogError } from "../mask-error.ts";
import { send, sendError } from "../responses.ts";
import { type Answer, answerOf, queuedAnswer, statusOf } from "./answers.ts";
import { letGo } from "./body.ts";
import type { SubmissionDesk } from "./desk.ts";
import { type Intake, RateLimitError, type Taken, takeBody } from "./intake.ts";

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
  let intake: Intake;
  let wait: number;
  try {
    const submitter = desk.authenticate(request.headers.authorization);
    wait = waitOf(request);
    const onFault = (error: unknown) => logError("documents could not be put into the queue", error);
    intake = await takeBody(desk, submitter, request, { isWaiting: wait > 0, onFault });
  } catch (error) {
    if (request.destroyed && !request.complete) return;
    if (!(error instanceof ApiError)) throw error;
    refuse(request, response, error);
    return;
  }
  const { taken, stopped } = intake;
  const headers: Record<string, string> =
    stopped instanceof RateLimitError ? { "retry-after": String(stopped.seconds) } : {};
  if (taken.length === 0) {
    const { status, code, message } = stopped ?? {
      status: 400,
      code: "BAD_USER_INPUT",
      message: "The body holds no document.",
    };
    sendError(request, response, status, { code, message, headers });
    letGo(request);
    return;
  }
  const answers = await answersOf(desk, taken, wait, response);
  if (response.destroyed) return;
  const status = stopped?.status ?? statusOf(answers);
  if (stopped !== null) {
    const { code, message } = stopped;
    answers.push({ id: null, status: "NOT_READ", error: { code, message } });
  }
  sendAnswers(request, response, { status, answers, headers });
  letGo(request);
}

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

/** Waits until all are finished, or the time is over, or nobody is there any more. */
async function answersOf(
  { outcomes, settings }: SubmissionDesk,
  taken: readonly Taken[],
  wait: number,
  response: ServerResponse,
): Promise<Answer[]> {
  const finished = new Map<string, Answer>();
  const all = Promise.all(
    taken.map(async ({ id, outcome }) => {
      if (id !== null && outcome !== undefined) finished.set(id, answerOf(await outcome));
    }),
  );
  const over = new AbortController();
  response.once("close", () => over.abort());
  await Promise.race([all, delay(wait * 1000, undefined, { signal: over.signal }).catch(() => {})]);
  over.abort();
  return taken.map(({ id, line }) => {
    if (id !== null) outcomes.forget(id);
    const place = line === undefined ? {} : { line };
    const message = `The document is larger than the ${settings.maximumDocumentBytes} bytes allowed.`;
    return id === null
      ? { ...place, id, status: "REJECTED", error: { code: tooLargeCode, message } }
      : { ...place, ...(finished.get(id) ?? queuedAnswer(id)) };
  });
}

const tooLargeCode = "TOO_LARGE" satisfies (typeof documentErrorCodes)[number];

type Answers = {
  readonly status: number;
  readonly answers: readonly Answer[];
  readonly headers: Record<string, string>;
};

/** One JSON object a line; one JSON array for who asks for application/json. */
function sendAnswers(
  request: IncomingMessage,
  response: ServerResponse,
  { status, answers, headers }: Answers,
): void {
  const isArray = /\bapplication\/json\b/i.test(request.headers.accept ?? "");
  const text = isArray
    ? `${JSON.stringify(answers)}\n`
    : answers.map((answer) => `${JSON.stringify(answer)}\n`).join("");
  send(request, response, status, {
    type: isArray ? "application/json" : "application/x-ndjson",
    text,
    headers,
  });
}

import type { IncomingMessage, ServerResponse } from "node:http";
import { readSubmissions } from "../../api/submission-rows.ts";
import type { TimedRead } from "../http/timed-answer.ts";
import { positionHeaders } from "../reads/index.ts";
import { sendError, sendJson } from "../responses.ts";
import { answerOf } from "./answers.ts";
import type { SubmissionDesk } from "./desk.ts";
import { explainRefusal, findSubmitter } from "./tokens.ts";

/** `GET /ingest/<id>`: what became of a submission. */
export async function answerStatus(
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
    return sendError(request, response, 404, { code: "NOT_FOUND", message: "There is no such submission." });
  }
  sendJson(request, response, 200, answerOf(row), {
    "cache-control": "no-store",
    ...positionHeaders(await read(() => desk.written())),
  });
}

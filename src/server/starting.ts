import type { IncomingMessage, ServerResponse } from "node:http";
import { sendError, sendJson } from "./responses.ts";

const retryAfter = { "retry-after": "2" };

/** Answers requests that come before the service is set up. `/health` is 200: the process is alive. */
export function answerStarting(request: IncomingMessage, response: ServerResponse): void {
  const path = (request.url ?? "/").split("?", 1)[0];
  if (path === "/health") {
    sendJson(request, response, 200, { status: "starting", graph: { isLoaded: false } });
  } else if (path === "/ready") {
    sendJson(request, response, 503, { status: "not ready", service: "starting" }, retryAfter);
  } else {
    sendError(request, response, 503, {
      code: "UNAVAILABLE",
      message: "The service is starting. Try again in a few seconds.",
      headers: { ...retryAfter, "access-control-allow-origin": "*" },
    });
  }
}

import type { IncomingMessage, ServerResponse } from "node:http";
import { logContext } from "../../log.ts";
import { requestIdOf } from "./request-id.ts";
import { type RequestEnd, requests } from "./watched-requests.ts";

/** Answers a request under its id, which goes into the answer's headers and all log lines, and lets it be watched. */
export function handleWatched(
  route: string,
  request: IncomingMessage,
  response: ServerResponse,
  answer: () => Promise<void>,
): Promise<void> {
  const id = requestIdOf(request);
  response.setHeader("x-request-id", id);
  const inContext = () => logContext.run({ ...logContext.getStore(), requestId: id }, answer);
  if (!requests.isWatched) return inContext();
  const watch = requests.begin({ route, request, id });
  response.once("close", () => {
    const end: RequestEnd = { status: response.headersSent ? response.statusCode : 0 };
    watch.end({ result: end });
  });
  return watch.run(inContext);
}

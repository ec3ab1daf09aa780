import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { GraphQLError } from "graphql";
import { clientCodeOf } from "../api/index.ts";
import { type GraphqlOperation, graphqlOperations, logContext, requests } from "../runtime/index.ts";

const maxPathLength = 200;

/** Answers a request under its id, which is added to the answer's headers and to all log lines, and publishes it. */
export function instrumentRequest(
  route: string,
  request: IncomingMessage,
  response: ServerResponse,
  answer: () => Promise<void>,
): Promise<void> {
  const id = requestIdOf(request);
  response.setHeader("x-request-id", id);
  const answerAs = (ids: Readonly<Record<string, string>>) =>
    logContext.run({ ...logContext.getStore(), ...ids }, answer);
  if (!requests.hasSubscribers) return answerAs({ requestId: id });
  const { method = "", url = "", headers } = request;
  const path = url.split("?", 1)[0]?.slice(0, maxPathLength) ?? "";
  const traceparent = headers["traceparent"] as string | undefined;
  return requests.start({ route, method, path, id, traceparent, status: 0 }, (started) => {
    response.once("close", () => {
      if (response.headersSent) started.status = response.statusCode;
      requests.complete(started);
    });
    const { traceId } = started;
    return answerAs(traceId === undefined ? { requestId: id } : { requestId: id, traceId });
  });
}

/** Allowed form of an id from a proxy or client, since it is written to logs and headers. */
const acceptableId = /^[A-Za-z0-9._:/+=@-]{1,64}$/;
const idPrefix = randomBytes(6).toString("base64url");
let requestCount = 0;

/** The request's own `X-Request-Id` if it is acceptable, else a new one. */
function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers["x-request-id"];
  if (typeof given === "string" && acceptableId.test(given)) return given;
  requestCount++;
  return `${idPrefix}-${requestCount.toString(36)}`;
}

/** Publishes a GraphQL operation. `work` sets the kind of the operation. */
export function instrumentOperation<Result>(
  work: (operation: GraphqlOperation) => Promise<Result>,
  errorsOf: (result: Result) => readonly GraphQLError[] | undefined,
): Promise<Result> {
  const operation: GraphqlOperation = { kind: "unknown", name: null, code: null };
  if (!graphqlOperations.hasSubscribers) return work(operation);
  return graphqlOperations.run(operation, async () => {
    const result = await work(operation);
    const [first] = errorsOf(result) ?? [];
    operation.code = first === undefined ? null : (clientCodeOf(first) ?? "INTERNAL_SERVER_ERROR");
    return result;
  });
}

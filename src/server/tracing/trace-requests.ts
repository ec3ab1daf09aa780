import { rootFields } from "../../api/execution/watched-fields.ts";
import { loaderBatches } from "../../api/loaders/watched-batches.ts";
import { logContext } from "../../log.ts";
import { parseTraceparent } from "../../telemetry/tracing/span.ts";
import type { Tracer } from "../../telemetry/tracing/tracer.ts";
import { type OperationEnd, operations } from "../plugins/watch-operations.ts";
import { type RequestEnd, requests } from "../requests/watched-requests.ts";

const longestText = 200;

/**
 * Makes spans of requests, the GraphQL operation in them, its root fields and the loaders' batches. Of what a client
 * sends they hold the path and the operation's name, neither queries nor variables. Returns how to stop it.
 */
export function traceRequests(tracer: Tracer): () => void {
  const stops = [
    requests.watch(({ route, request }) => {
      const watch = tracer.root(
        {
          name: `${request.method} ${route}`,
          kind: "server",
          attributes: {
            "http.request.method": request.method ?? "",
            "http.route": route,
            "url.path": (request.url ?? "").split("?", 1)[0]?.slice(0, longestText) ?? "",
          },
          describe: (outcome) => {
            const { status } = ("result" in outcome ? outcome.result : { status: 0 }) as RequestEnd;
            return {
              attributes: { "http.response.status_code": status },
              error: status === 0 || status >= 500 ? String(status) : null,
            };
          },
        },
        parseTraceparent(request.headers["traceparent"]),
      );
      return { ...watch, run: (work) => (watch.run ?? call)(() => withTraceId(tracer, work)) };
    }),
    operations.watch((operation) =>
      tracer.child({
        name: "GraphQL operation",
        kind: "internal",
        describe: (outcome) => {
          const code = "result" in outcome ? (outcome.result as OperationEnd).code : null;
          const { kind, name } = operation;
          return {
            name: kind === "unknown" ? "GraphQL operation" : kind,
            attributes: {
              "graphql.operation.type": kind,
              ...(name === null ? {} : { "graphql.operation.name": name.slice(0, longestText) }),
            },
            error: code,
          };
        },
      }),
    ),
    rootFields.watch(({ name }) => tracer.child({ name, kind: "internal" })),
    loaderBatches.watch(({ keys, requests: sharing }) =>
      tracer.child({
        name: "loader batch",
        kind: "internal",
        attributes: { "pith_graph.keys": keys, "pith_graph.requests": sharing },
      }),
    ),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function call<Result>(work: () => Result): Result {
  return work();
}

/** Lines of the log name the trace. */
function withTraceId<Result>(tracer: Tracer, work: () => Result): Result {
  const traceId = tracer.current?.traceId;
  return traceId === undefined ? work() : logContext.run({ ...logContext.getStore(), traceId }, work);
}

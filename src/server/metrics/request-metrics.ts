import { rootFields } from "../../api/execution/watched-fields.ts";
import { loaderBatches } from "../../api/loaders/watched-batches.ts";
import { gauge, type Registry } from "../../telemetry/metrics/registry.ts";
import { endedConnections } from "../connections/index.ts";
import { type OperationEnd, operations } from "../plugins/watch-operations.ts";
import { type RequestEnd, requests } from "../requests/watched-requests.ts";

const secondsOfRequests = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Requests, GraphQL operations, what their root fields take, and the loaders' batches. */
export function watchRequests(registry: Registry): () => void {
  const stops = [
    watchHttp(registry),
    watchOperations(registry),
    watchFields(registry),
    watchLoaders(registry),
    watchConnections(registry),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function watchHttp(registry: Registry): () => void {
  const answered = registry.counter("pith_graph_http_requests_total", "Requests, by route and status.", [
    "route",
    "status",
  ]);
  const seconds = registry.histogram(
    "pith_graph_http_request_seconds",
    "From a request's head to the end of its answer.",
    ["route"],
    secondsOfRequests,
  );
  let inFlight = 0;
  registry.collect(() => [
    gauge("pith_graph_http_requests_in_flight", "Requests that are being answered.", [[inFlight]]),
  ]);
  return requests.watch(({ route }) => {
    const startedAt = performance.now();
    inFlight++;
    return {
      end: (outcome) => {
        inFlight--;
        const { status } = ("result" in outcome ? outcome.result : { status: 0 }) as RequestEnd;
        answered.add(1, route, status === 0 ? "none" : String(status));
        seconds.observe((performance.now() - startedAt) / 1e3, route);
      },
    };
  });
}

function watchConnections(registry: Registry): () => void {
  const ended = registry.counter(
    "pith_graph_http_ended_connections_total",
    "Connections that the server ended because their clients left too much unread, or sent too much ahead.",
    ["reason"],
  );
  return endedConnections.watch((reason) => {
    ended.add(1, reason);
    return { end: () => {} };
  });
}

function watchOperations(registry: Registry): () => void {
  const done = registry.counter(
    "pith_graph_graphql_operations_total",
    "Operations, by kind and by the code of the first error; `ok` without one.",
    ["kind", "outcome"],
  );
  const seconds = registry.summary(
    "pith_graph_graphql_operation_seconds",
    "Operations and their time, from parsing to the answer's text.",
    ["kind"],
  );
  return operations.watch((operation) => {
    const startedAt = performance.now();
    return {
      end: (outcome) => {
        const end: OperationEnd =
          "result" in outcome ? (outcome.result as OperationEnd) : { code: "INTERNAL_SERVER_ERROR" };
        done.add(1, operation.kind, end.code ?? "ok");
        seconds.observe((performance.now() - startedAt) / 1e3, operation.kind);
      },
    };
  });
}

function watchFields(registry: Registry): () => void {
  const seconds = registry.summary(
    "pith_graph_resolver_seconds",
    "Fields of Query and Mutation, and their time with all that is below them.",
    ["field"],
  );
  return rootFields.watch(({ name }) => {
    const startedAt = performance.now();
    return { end: () => seconds.observe((performance.now() - startedAt) / 1e3, name) };
  });
}

function watchLoaders(registry: Registry): () => void {
  const batches = registry.counter("pith_graph_loader_batches_total", "Batches of loaders.");
  const keys = registry.counter("pith_graph_loader_keys_total", "Keys in them.");
  const shared = registry.counter(
    "pith_graph_loader_shared_batches_total",
    "Batches with the keys of more than one request.",
  );
  return loaderBatches.watch((batch) => {
    batches.add(1);
    keys.add(batch.keys);
    if (batch.requests > 1) shared.add(1);
    return { end: () => {} };
  });
}

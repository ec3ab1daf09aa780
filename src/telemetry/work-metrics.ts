import {
  closedConnections,
  ingestBatches,
  loaderBatches,
  operations,
  requests,
  rootFields,
  statements,
  type Work,
} from "../runtime/index.ts";
import { gauge, type Metrics } from "./metrics.ts";

const requestBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Counts requests, GraphQL operations, their root fields and loader batches. Returns a function that stops it. */
export function countRequests(metrics: Metrics): () => void {
  const stops = [
    countHttp(metrics),
    countConnections(metrics),
    countOperations(metrics),
    countFields(metrics),
    countLoaders(metrics),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function countHttp(metrics: Metrics): () => void {
  const answered = metrics.counter("pith_graph_http_requests_total", "Requests, by route and status.", [
    "route",
    "status",
  ]);
  const seconds = metrics.histogram(
    "pith_graph_http_request_seconds",
    "From a request's head to the end of its answer.",
    ["route"],
    requestBuckets,
  );
  let inFlight = 0;
  metrics.collect(() => [
    gauge("pith_graph_http_requests_in_flight", "Requests that are being answered.", [[inFlight]]),
  ]);
  return requests.subscribe({
    start() {
      inFlight++;
    },
    end(request) {
      const { route, status } = request;
      inFlight--;
      answered.inc({ route, status: status === 0 ? "none" : String(status) });
      seconds.observe({ route }, secondsOf(request));
    },
  });
}

function countConnections(metrics: Metrics): () => void {
  const ended = metrics.counter(
    "pith_graph_http_ended_connections_total",
    "Connections that the server ended because their clients left too much unread, or sent too much ahead.",
    ["reason"],
  );
  return closedConnections.subscribe((reason) => ended.inc({ reason }));
}

function countOperations(metrics: Metrics): () => void {
  const done = metrics.counter(
    "pith_graph_graphql_operations_total",
    "Operations, by kind and by the code of the first error; `ok` without one.",
    ["kind", "outcome"],
  );
  const seconds = metrics.timing(
    "pith_graph_graphql_operation_seconds",
    "Operations and their time, from parsing to the answer's text.",
    "kind",
  );
  return operations.subscribe({
    end(operation) {
      const { kind, code } = operation;
      done.inc({ kind, outcome: "error" in operation ? "INTERNAL_SERVER_ERROR" : (code ?? "ok") });
      seconds.observe(secondsOf(operation), kind);
    },
  });
}

function countFields(metrics: Metrics): () => void {
  const seconds = metrics.timing(
    "pith_graph_resolver_seconds",
    "Fields of Query and Mutation, and their time with all that is below them.",
    "field",
  );
  return rootFields.subscribe({ end: (field) => seconds.observe(secondsOf(field), field.name) });
}

function countLoaders(metrics: Metrics): () => void {
  const batches = metrics.counter("pith_graph_loader_batches_total", "Batches of loaders.");
  const keys = metrics.counter("pith_graph_loader_keys_total", "Keys in them.");
  const shared = metrics.counter(
    "pith_graph_loader_shared_batches_total",
    "Batches with the keys of more than one request.",
  );
  return loaderBatches.subscribe({
    end(batch) {
      batches.inc();
      keys.inc(batch.keys);
      if (batch.requests > 1) shared.inc();
    },
  });
}

/** Counts statements by name, for pools opened from now on. */
export function countStatements(metrics: Metrics): () => void {
  const seconds = metrics.timing(
    "pith_graph_sql_seconds",
    "Statements and their time, that of waiting for a connection included.",
    "statement",
  );
  const failures = metrics.counter("pith_graph_sql_failures_total", "Statements that failed.", ["statement"]);
  return statements.subscribe({
    end(statement) {
      seconds.observe(secondsOf(statement), statement.name);
      if ("error" in statement) failures.inc({ statement: statement.name });
    },
  });
}

/** Counts the documents that this process ingests or rejects, and rejected events, by reason. */
export function countIngest(metrics: Metrics): () => void {
  const documents = metrics.counter(
    "pith_graph_ingest_documents_total",
    "Documents, by what became of them.",
    ["outcome"],
  );
  const refused = metrics.counter(
    "pith_graph_ingest_refused_documents_total",
    "Documents refused as a whole, by code.",
    ["code"],
  );
  const events = metrics.counter(
    "pith_graph_ingest_refused_events_total",
    "Copies of events refused in documents that were let in, by reason.",
    ["reason"],
  );
  const seconds = metrics.timing(
    "pith_graph_ingest_batch_seconds",
    "Batches of documents, from reading to the commit.",
  );
  const failures = metrics.counter(
    "pith_graph_ingest_failed_batches_total",
    "Batches that came to nothing for a fault that is not the documents'.",
  );
  return ingestBatches.subscribe({
    end(batch) {
      seconds.observe(secondsOf(batch));
      if (batch.result === undefined) return failures.inc();
      for (const { status, rejection, refused: copies } of batch.result) {
        documents.inc({ outcome: status });
        if (rejection !== null) refused.inc({ code: rejection.code });
        else for (const { reason } of copies) events.inc({ reason });
      }
    },
  });
}

function secondsOf({ startedAt }: Work<object>): number {
  return (performance.now() - startedAt) / 1e3;
}

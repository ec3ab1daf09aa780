import {
  closedConnections,
  graphqlOperations,
  ingestBatches,
  loaderBatches,
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
  const answered = metrics.counter("pith_graph_http_requests_total", "Requests by route and status.", [
    "route",
    "status",
  ]);
  const seconds = metrics.histogram(
    "pith_graph_http_request_seconds",
    "Time from a request's headers to the end of its response.",
    ["route"],
    requestBuckets,
  );
  let inFlight = 0;
  metrics.collect(() => [
    gauge("pith_graph_http_requests_in_flight", "Requests being answered.", [[inFlight]]),
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
    "Connections closed because the client left too much unread or pipelined too many requests.",
    ["reason"],
  );
  return closedConnections.subscribe((reason) => ended.inc({ reason }));
}

function countOperations(metrics: Metrics): () => void {
  const done = metrics.counter(
    "pith_graph_graphql_operations_total",
    "Operations by kind and by the code of their first error, or `ok`.",
    ["kind", "outcome"],
  );
  const seconds = metrics.timing(
    "pith_graph_graphql_operation_seconds",
    "Time of operations, from parsing to the response text.",
    "kind",
  );
  return graphqlOperations.subscribe({
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
    "Time of the fields of Query and Mutation, including their subfields.",
    "field",
  );
  return rootFields.subscribe({ end: (field) => seconds.observe(secondsOf(field), field.name) });
}

function countLoaders(metrics: Metrics): () => void {
  const batches = metrics.counter("pith_graph_loader_batches_total", "Loader batches.");
  const keys = metrics.counter("pith_graph_loader_keys_total", "Keys in loader batches.");
  const shared = metrics.counter(
    "pith_graph_loader_shared_batches_total",
    "Loader batches with keys of more than one request.",
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
    "Time of SQL statements, including the wait for a connection.",
    "statement",
  );
  const failures = metrics.counter("pith_graph_sql_failures_total", "SQL statements that failed.", [
    "statement",
  ]);
  return statements.subscribe({
    end(statement) {
      seconds.observe(secondsOf(statement), statement.name);
      if ("error" in statement) failures.inc({ statement: statement.name });
    },
  });
}

/** Counts the documents that this process ingests or rejects, and rejected events, by reason. */
export function countIngest(metrics: Metrics): () => void {
  const documents = metrics.counter("pith_graph_ingest_documents_total", "Ingested documents by outcome.", [
    "outcome",
  ]);
  const rejected = metrics.counter(
    "pith_graph_ingest_refused_documents_total",
    "Rejected documents by code.",
    ["code"],
  );
  const events = metrics.counter(
    "pith_graph_ingest_refused_events_total",
    "Rejected event copies in accepted documents, by reason.",
    ["reason"],
  );
  const seconds = metrics.timing(
    "pith_graph_ingest_batch_seconds",
    "Time of document batches, from reading to the commit.",
  );
  const failures = metrics.counter(
    "pith_graph_ingest_failed_batches_total",
    "Batches that failed for another reason than their documents.",
  );
  return ingestBatches.subscribe({
    end(batch) {
      seconds.observe(secondsOf(batch));
      if (batch.result === undefined) return failures.inc();
      for (const { status, rejection, refused: rejectedEvents } of batch.result) {
        documents.inc({ outcome: status });
        if (rejection !== null) rejected.inc({ code: rejection.code });
        else for (const { reason } of rejectedEvents) events.inc({ reason });
      }
    },
  });
}

function secondsOf({ startedAt }: Work<object>): number {
  return (performance.now() - startedAt) / 1e3;
}

import { type Config, readConfig, type TracingConfig } from "../config/index.ts";
import {
  createLog,
  graphqlOperations,
  type IngestedDocument,
  ingestBatches,
  type Log,
  loaderBatches,
  requests,
  rootFields,
  statements,
} from "../runtime/index.ts";
import { createExporter } from "./exporter.ts";
import { createSampler, parseTraceparent, Tracer } from "./tracer.ts";

const maxNameLength = 200;

/** Whether tracing is on: an endpoint is configured. */
export function isTracing({ exporter, endpoint, tracesEndpoint }: TracingConfig): boolean {
  return exporter === "otlp" && (endpoint !== undefined || tracesEndpoint !== undefined);
}

/**
 * Creates spans for requests, their GraphQL operation and root fields, loader batches, batches of documents, and the
 * statements of all of these. Of a client's request, spans contain the path and the operation name, never queries or
 * variables. Call it before opening the database: only later pools publish statements.
 *
 * @returns a function that stops tracing and sends the queued spans.
 */
export function startTracing(config: TracingConfig, log: Log): () => Promise<void> {
  const exporter = createExporter(config, log);
  const tracer = new Tracer(createSampler(config), (span) => exporter.add(span));
  const stops = [
    tracer.traceRoots(
      requests,
      ({ method, route, path, status }) => ({
        name: `${method} ${route}`,
        kind: "server",
        attributes: {
          "http.request.method": method,
          "http.route": route,
          "url.path": path,
          "http.response.status_code": status,
        },
        error: status === 0 || status >= 500 ? String(status) : null,
      }),
      ({ traceparent }) => parseTraceparent(traceparent),
      (request, traceId) => {
        request.traceId = traceId;
      },
    ),
    tracer.traceRoots(ingestBatches, ({ documents, result }) => ({
      name: "ingest documents",
      kind: "internal",
      attributes: { "pith_graph.documents": documents, ...outcomesOf(result) },
    })),
    tracer.traceChildren(graphqlOperations, ({ kind, name, code }) => ({
      name: kind === "unknown" ? "GraphQL operation" : kind,
      kind: "internal",
      attributes: {
        "graphql.operation.type": kind,
        ...(name === null ? {} : { "graphql.operation.name": name.slice(0, maxNameLength) }),
      },
      error: code,
    })),
    tracer.traceChildren(rootFields, ({ name }) => ({ name, kind: "internal" })),
    tracer.traceChildren(loaderBatches, ({ keys, requests: sharing }) => ({
      name: "loader batch",
      kind: "internal",
      attributes: { "pith_graph.keys": keys, "pith_graph.requests": sharing },
    })),
    tracer.traceChildren(statements, ({ name }) => ({
      name,
      kind: "client",
      attributes: { "db.system.name": "postgresql", "db.query.summary": name },
    })),
  ];
  return async () => {
    for (const stop of stops) stop();
    await exporter.close();
  };
}

function outcomesOf(results: readonly IngestedDocument[] | undefined): Record<string, number> {
  if (results === undefined) return {};
  const counts = { merged: 0, unchanged: 0, rejected: 0 };
  for (const { status } of results) counts[status]++;
  return Object.fromEntries(Object.entries(counts).map(([name, count]) => [`pith_graph.${name}`, count]));
}

/** The module with which a thread of `ingest` or `sync` traces its work; null if tracing is off. */
export function threadWatcher({ tracing }: Config): string | null {
  return isTracing(tracing) ? import.meta.url : null;
}

/** In the thread: traces its batches and their statements, as the environment configures. */
export function watchThread(): () => Promise<void> {
  const { tracing, logLevel, logFormat } = readConfig();
  return startTracing(tracing, createLog({ level: logLevel, format: logFormat, role: "ingest" }));
}

import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startGraph } from "../../src/graph/index.ts";
import { ingestBatch } from "../../src/ingest/index.ts";
import { createApp, type RunningServer, startServer } from "../../src/server/index.ts";
import { type MetricsServer, startMetricsServer } from "../../src/server/metrics-server.ts";
import { openDatabase } from "../../src/store/index.ts";
import { exposition, Metrics } from "../../src/telemetry/metrics.ts";
import {
  collectGraphMetrics,
  collectPoolMetrics,
  collectProcessMetrics,
  collectTableMetrics,
} from "../../src/telemetry/read-metrics.ts";
import { countIngest, countRequests, countStatements } from "../../src/telemetry/work-metrics.ts";
import { ingestTexts, seedText } from "../api/fixtures/library.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { keyring } from "../protocol/signed-events.ts";

let database: TestDatabase;
let server: RunningServer;
let listener: MetricsServer;
let close: () => Promise<void>;

beforeAll(async () => {
  database = await createTestDatabase();
  const metrics = new Metrics();
  const stops = [
    collectProcessMetrics(metrics),
    countStatements(metrics),
    countRequests(metrics),
    countIngest(metrics),
  ];
  const reads = openDatabase({ connection: database.connection });
  const graph = startGraph(reads);
  await graph.waitUntilLoaded();
  collectPoolMetrics(metrics, { writes: database.pool, reads: reads.pool });
  collectTableMetrics(metrics, reads);
  collectGraphMetrics(metrics, graph);
  await ingestTexts(reads, [seedText]);
  const app = createApp({ database, reads, graph });
  server = await startServer({ app, port: 0, host: "127.0.0.1" });
  const families = async () => [await metrics.families("api")];
  listener = await startMetricsServer({ host: "127.0.0.1", port: 0, families, readiness: app.readiness });
  close = async () => {
    for (const stop of stops) stop();
    await server.close();
    await listener.close();
    await graph.close();
    await reads.close();
    await database.drop();
  };
  await ingestBatch(reads, [{ source: "a test", bytes: Buffer.from("{") }], {
    keyring,
    minimumProof: "hash",
    maximumBytes: 1_000,
  });
});
afterAll(() => close());

/** Every line of the text format is a comment of a known kind, or a sample with a number. */
const line =
  /^(?:# HELP (?<helped>[a-z_0-9]+) \S.*|# TYPE (?<typed>[a-z_0-9]+) (?:counter|gauge|histogram|summary)|(?<name>[a-z_0-9]+)\{(?<labels>(?:[a-z_]+="(?:[^"\\\n]|\\[\\n"])*",?)+)\} (?<value>-?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|\+Inf)))$/;

type Scrape = { readonly names: Set<string>; of(name: string, labels?: Record<string, string>): number };

async function scrape(port = listener.port): Promise<Scrape> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  const text = await response.text();
  expect(text.endsWith("\n")).toBe(true);
  const samples: { name: string; labels: string; value: number }[] = [];
  const typed = new Set<string>();
  for (const row of text.trimEnd().split("\n")) {
    if (row === "") continue;
    const { groups } = line.exec(row) ?? {};
    expect(groups, row).toBeDefined();
    if (groups?.["typed"] !== undefined) {
      expect(typed.has(groups["typed"]), `${groups["typed"]} twice`).toBe(false);
      typed.add(groups["typed"]);
    }
    const { name, labels = "", value } = groups ?? {};
    if (name !== undefined) samples.push({ name, labels, value: Number(value) });
  }
  expect(new Set(samples.map(({ name, labels }) => `${name}{${labels}`)).size).toBe(samples.length);
  return {
    names: new Set([...samples.map(({ name }) => name), ...typed]),
    of: (wanted, labels = {}) =>
      samples
        .filter(({ name }) => name === wanted)
        .filter((sample) =>
          Object.entries(labels).every(([key, value]) => sample.labels.includes(`${key}="${value}"`)),
        )
        .reduce((sum, { value }) => sum + value, 0),
  };
}

async function ask(query: string): Promise<void> {
  const response = await fetch(`${server.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", connection: "close" },
    body: JSON.stringify({ query }),
  });
  await response.text();
}

/** The first scrape that counts at least `least`: requests are counted just after their answer is sent. */
async function scrapeWith(name: string, labels: Record<string, string>, least: number): Promise<Scrape> {
  for (;;) {
    const found = await scrape();
    if (found.of(name, labels) >= least) return found;
  }
}

describe("/metrics", () => {
  it("counts requests, operations, resolvers, statements, loaders, ingest, tables, graph, pools and process", async () => {
    await ask(
      'query Chosen { paper(ref: "2302.12192") { title } a: papers(first: 2) { nodes { title work { id } } } }',
    );
    await ask("{ nothing }");
    await ask("{");
    await ask('mutation { submitDocument(document: "{}") { __typename } }');
    await fetch(`${server.url}/${"x".repeat(50)}`);
    const found = await scrapeWith("pith_graph_http_requests_total", {}, 5);
    const expected: [number, string, Record<string, string>?][] = [
      [1, "pith_graph_http_requests_total", { route: "none", status: "404" }],
      [4, "pith_graph_http_request_seconds_count", { route: "/graphql" }],
      [4, "pith_graph_http_request_seconds_bucket", { route: "/graphql", le: "+Inf" }],
      [0, "pith_graph_http_requests_in_flight"],
      [1, "pith_graph_graphql_operations_total", { kind: "query", outcome: "ok" }],
      [1, "pith_graph_graphql_operations_total", { kind: "unknown", outcome: "GRAPHQL_PARSE_FAILED" }],
      [1, "pith_graph_graphql_operations_total", { kind: "unknown", outcome: "GRAPHQL_VALIDATION_FAILED" }],
      [1, "pith_graph_graphql_operations_total", { kind: "mutation", outcome: "UNAUTHENTICATED" }],
      [1, "pith_graph_resolver_seconds_count", { field: "Query.papers" }],
      [1, "pith_graph_resolver_seconds_count", { field: "Query.paper" }],
      [1, "pith_graph_resolver_seconds_count", { field: "Mutation.submitDocument" }],
      [1, "pith_graph_sql_seconds_count", { statement: "api_paper_keys" }],
      [1, "pith_graph_ingest_documents_total", { outcome: "merged" }],
      [1, "pith_graph_ingest_documents_total", { outcome: "rejected" }],
      [1, "pith_graph_ingest_refused_documents_total", { code: "MALFORMED_JSON" }],
      [1, "pith_graph_rows", { table: "papers" }],
      [1, "pith_graph_quarantine_documents"],
      [0, "pith_graph_queue_documents"],
      [1, "pith_graph_graph_loaded"],
      [10, "pith_graph_pool_connections_max", { pool: "reads" }],
    ];
    expect(expected.map(([, name, labels]) => [found.of(name, labels), name, labels])).toEqual(
      expected.map(([value, name, labels]) => [value, name, labels]),
    );
    for (const name of [
      "process_resident_memory_bytes",
      "pith_graph_loader_batches_total",
      "pith_graph_graph_works",
      "pith_graph_graph_summaries",
      "pith_graph_graph_summary_bytes",
      "pith_graph_resolver_seconds_sum",
      "pith_graph_sql_seconds_sum",
      "pith_graph_ingest_batch_seconds_sum",
    ]) {
      expect(found.of(name), name).toBeGreaterThan(0);
    }
    for (const label of ["COPY", "INSERT", "COMMIT"]) {
      expect(found.of("pith_graph_sql_seconds_count", { statement: label }), label).toBeGreaterThan(0);
    }
  });

  it("adds no metric and no label for names that clients choose", async () => {
    const before = await scrape();
    await Promise.all(
      Array.from({ length: 20 }, (_, nth) => ask(`query Named${nth} { alias${nth}: status { papers } }`)),
    );
    await Promise.all(
      Array.from({ length: 20 }, (_, nth) => fetch(`${server.url}/${nth}`, { method: "PUT" })),
    );
    const after = await scrapeWith("pith_graph_resolver_seconds_count", { field: "Query.status" }, 20);
    expect([...after.names].filter((name) => !before.names.has(name))).toEqual([]);
    const text = await (await fetch(`http://127.0.0.1:${listener.port}/metrics`)).text();
    expect(text).not.toMatch(/Named|alias|xxxx/);
  });

  it("is served on its own port only, besides /ready and /health", async () => {
    expect((await fetch(`${server.url}/metrics`)).status).toBe(404);
    const own = `http://127.0.0.1:${listener.port}`;
    expect((await fetch(`${own}/graphql?query={status{papers}}`)).status).toBe(404);
    expect((await fetch(`${own}/metrics`, { method: "POST" })).status).toBe(404);
    expect((await fetch(`${own}/ready`)).status).toBe(200);
    expect(await (await fetch(`${own}/health`)).json()).toEqual({ status: "ok" });
  });

  it("has every metric that the Grafana dashboard uses", async () => {
    const { names } = await scrape();
    const dashboard = readFileSync(
      new URL("../../deploy/grafana/dashboards/pith-graph.json", import.meta.url),
      "utf8",
    );
    const expressions = [...dashboard.matchAll(/"expr": "((?:[^"\\]|\\.)*)"/g)].map(([, text]) => text ?? "");
    expect(expressions.length).toBeGreaterThan(15);
    const used = expressions.flatMap((text) => text.match(/\b(?:pith_graph|process|nodejs)_\w+/g) ?? []);
    expect([...new Set(used)].filter((name) => !names.has(name))).toEqual([]);
    // An expression without a metric would not be checked.
    for (const text of expressions) expect(text).toMatch(/\b(?:pith_graph|process|nodejs)_\w+/);
  });
});

describe("exposition", () => {
  it("leaves out metrics whose collection fails", async () => {
    const metrics = new Metrics();
    metrics.counter("things_total", "Things.").inc(3);
    let isAttempted = false;
    metrics.collect(() => {
      isAttempted = true;
      throw new Error("away");
    });
    metrics.collect(() => Promise.reject(new Error("away")));
    expect(await exposition([await metrics.families("api")])).toBe(`# HELP things_total Things.
# TYPE things_total counter
things_total{process="api"} 3
`);
    expect(isAttempted).toBe(true);
  });

  it("escapes labels, and merges the metrics of several processes", async () => {
    const [one, other] = [new Metrics(), new Metrics()];
    one.counter("things_total", "Things\nand more.", ["kind"]).inc({ kind: 'a"\\\n' }, 2);
    const histogram = other.histogram("wait_seconds", "Waits.", [], [0.1, 1]);
    for (const seconds of [0.05, 0.1, 0.5, 7]) histogram.observe(seconds);
    other.counter("things_total", "Things\nand more.", ["kind"]).inc({ kind: "b" });
    const timing = other.timing("work_seconds", "Work.", "name");
    timing.observe(0.5, "a");
    timing.observe(0.25, "a");
    // As received from another process.
    const sent = JSON.parse(JSON.stringify(await other.families("worker")));
    expect(await exposition([await one.families("api"), sent])).toBe(`# HELP things_total Things\\nand more.
# TYPE things_total counter
things_total{process="api",kind="a\\"\\\\\\n"} 2
things_total{process="worker",kind="b"} 1

# HELP wait_seconds Waits.
# TYPE wait_seconds histogram
wait_seconds_bucket{process="worker",le="0.1"} 2
wait_seconds_bucket{process="worker",le="1"} 3
wait_seconds_bucket{process="worker",le="+Inf"} 4
wait_seconds_sum{process="worker"} 7.65
wait_seconds_count{process="worker"} 4

# HELP work_seconds Work.
# TYPE work_seconds summary
work_seconds_count{process="worker",name="a"} 2
work_seconds_sum{process="worker",name="a"} 0.75
`);
  });
});

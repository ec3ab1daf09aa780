import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readConfig } from "../../src/config/index.ts";
import { ingestBatch } from "../../src/ingest/index.ts";
import { createKeyring, registryKey } from "../../src/protocol/index.ts";
import { ingestBatches, statements } from "../../src/runtime/channels.ts";
import { createLog } from "../../src/runtime/log.ts";
import { createApp, type RunningServer, startServer } from "../../src/server/index.ts";
import { openDatabase } from "../../src/store/index.ts";
import { createSampler, parseTraceparent } from "../../src/telemetry/tracer.ts";
import { isTracing, startTracing } from "../../src/telemetry/tracing.ts";
import { seedText } from "../api/fixtures/library.ts";
import { runCli } from "../cli/run-cli.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { databaseUrl } from "../server-connection.ts";

type Span = {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: { key: string; value: Record<string, unknown> }[];
  status: { code?: number };
};

/** Receives traces as a collector does. */
const receiver: Server = createServer(async (request, response) => {
  let text = "";
  for await (const piece of request) text += piece;
  const status = statuses.shift() ?? 200;
  received.push({ url: request.url, headers: request.headers, status });
  if (status === 200) {
    for (const { resource, scopeSpans } of JSON.parse(text).resourceSpans) {
      resources.push(resource);
      for (const { spans: list } of scopeSpans) spans.push(...list);
    }
  }
  response.writeHead(status, { "content-type": "application/json" }).end("{}");
});
const received: { url: string | undefined; headers: Record<string, unknown>; status: number }[] = [];
const resources: object[] = [];
const spans: Span[] = [];
/** The statuses of the next answers; 200 when empty. */
const statuses: number[] = [];
const logged: string[] = [];
const log = createLog({ level: "info", format: "json", role: "api", write: (line) => logged.push(line) });

let database: TestDatabase;
let settings: Record<string, string>;

beforeAll(async () => {
  database = await createTestDatabase();
  receiver.listen(0, "127.0.0.1");
  await new Promise((resolve) => receiver.once("listening", resolve));
  settings = {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`,
    OTEL_EXPORTER_OTLP_HEADERS: "x-key=a%20key",
    OTEL_RESOURCE_ATTRIBUTES: "deployment.environment=tests",
  };
});
afterAll(async () => {
  receiver.closeAllConnections();
  receiver.close();
  await database.drop();
});

/** Runs `work` with a traced server. When it resolves, all spans have been sent. */
async function traced(
  work: (url: string, server: RunningServer) => Promise<void>,
  more: Record<string, string> = {},
): Promise<void> {
  spans.length = 0;
  const config = readConfig({ ...settings, ...more }).tracing;
  expect(isTracing(config)).toBe(true);
  const stopTracing = startTracing(config, log);
  const reads = openDatabase({ connection: database.connection });
  const server = await startServer({ app: createApp({ database, reads }), port: 0, host: "127.0.0.1" });
  try {
    await work(server.url, server);
  } finally {
    await server.close();
    await reads.close();
    await stopTracing();
  }
}

const traceId = "0af7651916cd43dd8448eb211c80319c";
const caller = `00-${traceId}-b7ad6b7169203331-01`;

async function ask(url: string, query: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ query }),
  });
}

const attributesOf = ({ attributes }: Span) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
const childrenOf = ({ spanId }: Span) => spans.filter(({ parentSpanId }) => parentSpanId === spanId);

describe("traces", () => {
  it("contain spans of request, operation, fields and statements, within the caller's trace", async () => {
    await traced(async (url) => {
      await ingestBatch(openDatabaseOf(database), [{ source: "a test", bytes: Buffer.from(seedText) }], {
        keyring: createKeyring([registryKey]),
        minimumProof: "hash",
        maximumBytes: 1e6,
      });
      const query =
        'query Geheim1 { paper(ref: "2302.12192") { title claims(first: 1) { nodes { text } } } }';
      await (await ask(url, query, { traceparent: caller })).text();
    });
    const root = spans.find(({ kind }) => kind === 2) as Span;
    expect(root).toMatchObject({
      traceId,
      parentSpanId: "b7ad6b7169203331",
      name: "POST /graphql",
      status: {},
    });
    expect(attributesOf(root)).toMatchObject({
      "http.request.method": "POST",
      "http.route": "/graphql",
      "http.response.status_code": "200",
    });
    const operation = childrenOf(root).find(({ kind }) => kind === 1) as Span;
    expect([operation.name, attributesOf(operation)]).toEqual([
      "query",
      { "graphql.operation.type": "query", "graphql.operation.name": "Geheim1" },
    ]);
    const [field] = childrenOf(operation) as [Span];
    expect(field.name).toBe("Query.paper");
    const batches = childrenOf(field);
    expect(batches.length).toBeGreaterThan(1);
    const below = batches.flatMap((batch) => (batch.kind === 3 ? [batch] : childrenOf(batch)));
    expect(below.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["api_paper_keys", expect.stringMatching(/^api_papers_by_id_/)]),
    );
    for (const span of spans.filter((one) => one.traceId === traceId)) {
      expect(span.spanId).toMatch(/^[0-9a-f]{16}$/);
      expect(BigInt(span.endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(span.startTimeUnixNano));
      expect(BigInt(span.startTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(root.startTimeUnixNano));
    }
    // Ingest has a trace of its own.
    const batch = spans.find(({ name }) => name === "ingest documents") as Span;
    expect(attributesOf(batch)).toMatchObject({ "pith_graph.documents": "1", "pith_graph.merged": "1" });
    expect(childrenOf(batch).map(({ name }) => name)).toEqual(
      expect.arrayContaining(["BEGIN", "COPY", "COMMIT"]),
    );
    expect(batch.traceId).not.toBe(traceId);
    // Traces contain neither the query nor its answer.
    expect(JSON.stringify(spans)).not.toMatch(/2302\.12192|Aligning/);
    expect(received[0]).toMatchObject({ url: "/v1/traces", headers: { "x-key": "a key" } });
    expect(JSON.stringify(resources[0])).toMatch(/deployment.environment.*tests.*service.name.*pith-graph/);
  });

  it("record the error of an operation, and nothing of a request that is not sampled", async () => {
    await traced(async (url) => {
      await (await ask(url, "{ nothing }")).text();
      await (await ask(url, "{ status { papers } }", { traceparent: caller.replace(/01$/, "00") })).text();
    });
    expect(spans.filter((span) => span.traceId === traceId)).toEqual([]);
    const operation = spans.find(({ name }) => name === "GraphQL operation") as Span;
    expect(operation.status).toEqual({ code: 2 });
    expect(attributesOf(operation)["error.type"]).toBe("GRAPHQL_VALIDATION_FAILED");
  });

  it("are sent again after 503 and 429, and dropped after 400", async () => {
    received.length = 0;
    const config = readConfig({ ...settings, OTEL_BSP_SCHEDULE_DELAY: "1" }).tracing;
    const stopTracing = startTracing(config, log);
    const batches = () => spans.map((span) => attributesOf(span)["pith_graph.documents"]);
    statuses.push(503, 429);
    ingestBatches.run({ documents: 1_001 }, () => []);
    await expect.poll(batches).toContain("1001");
    expect(received.map(({ status }) => status)).toEqual([503, 429, 200]);
    statuses.push(400);
    ingestBatches.run({ documents: 1_002 }, () => []);
    await stopTracing();
    expect(batches()).not.toContain("1002");
    expect(received).toHaveLength(4);
    expect(JSON.parse(logged[0] ?? "")).toMatchObject({
      msg: "could not export traces: it was answered with 503",
    });
  });

  it("cover each batch of a bulk ingest in its threads", async () => {
    spans.length = 0;
    const env = { ...settings, DATABASE_URL: databaseUrl(database.connection) };
    const args = [
      "ingest",
      "--json",
      "--keyring",
      "sample/keyring.json",
      "--batch",
      "20",
      "sample/arxiv-2022-12.ndjson.gz",
    ];
    const { status, stdout, stderr } = await runCli(args, { env });
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const batches = spans.filter(({ name }) => name === "ingest documents");
    const documents = batches.map((batch) => Number(attributesOf(batch)["pith_graph.documents"]));
    expect(documents.length).toBeGreaterThan(1);
    // Standard error may contain progress lines.
    const summary = JSON.parse(stdout) as { documents: number };
    expect(documents.reduce((sum, count) => sum + count, 0)).toBe(summary.documents);
    for (const batch of batches) {
      expect(childrenOf(batch).map(({ name }) => name)).toContain("COMMIT");
    }
  });

  it("are off without an endpoint, and then no channel has subscribers", () => {
    expect(isTracing(readConfig({}).tracing)).toBe(false);
    expect(isTracing(readConfig({ ...settings, OTEL_TRACES_EXPORTER: "none" }).tracing)).toBe(false);
    expect(statements.hasSubscribers).toBe(false);
  });
});

function openDatabaseOf({ connection }: TestDatabase): ReturnType<typeof openDatabase> {
  const opened = openDatabase({ connection });
  opening.push(opened);
  return opened;
}
const opening: ReturnType<typeof openDatabase>[] = [];
afterAll(async () => {
  for (const opened of opening) await opened.close();
});

describe("parseTraceparent", () => {
  it.each([
    [`${caller}`, true],
    [`01-${traceId}-b7ad6b7169203331-01-more`, true],
    [`00-${traceId}-b7ad6b7169203331-01-more`, false],
    [`ff-${traceId}-b7ad6b7169203331-01`, false],
    [`00-${"0".repeat(32)}-b7ad6b7169203331-01`, false],
    [`00-${traceId}-${"0".repeat(16)}-01`, false],
    [`00-${traceId.toUpperCase()}-b7ad6b7169203331-01`, false],
    ["nonsense", false],
  ])("accepts %s: %s", (header, isAccepted) => {
    expect(parseTraceparent(header) !== null).toBe(isAccepted);
  });
});

it("createSampler decides by the trace id, the same in every process", () => {
  const { tracing } = readConfig({ OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "0.25" });
  const sample = createSampler(tracing);
  expect(sample(`${"f".repeat(18)}3fffffffffffff`, null)).toBe(true);
  expect(sample(`${"0".repeat(18)}40000000000000`, null)).toBe(false);
  // The sampler is not parent-based: the caller's flag is ignored.
  expect(sample(`${"0".repeat(18)}40000000000000`, parseTraceparent(caller))).toBe(false);
});

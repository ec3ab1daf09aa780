import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { spawnCli } from "../cli/run-cli.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { readLines } from "../sample/committed-sample.ts";
import { databaseUrl } from "../server-connection.ts";
import { sha256, token } from "../submissions/site.ts";

let database: TestDatabase;
let child: ChildProcess;
let port = 0;
let metricsPort = 0;
type Line = Record<string, unknown> & { readonly msg: string };
/** Every line of standard error. */
const lines: Line[] = [];
const documents = readLines("arxiv-2022-12.ndjson.gz");

beforeAll(async () => {
  database = await createTestDatabase();
  child = spawnCli(["serve", "--port", "0", "--json"], {
    env: {
      DATABASE_URL: databaseUrl(database.connection),
      PITH_GRAPH_KEYRING: "sample/keyring.json",
      PITH_GRAPH_TOKENS: `tests:${sha256(token).toString("hex")}`,
      PITH_GRAPH_LOG_LEVEL: "debug",
      PITH_GRAPH_METRICS: "0",
      PITH_GRAPH_LOGLEVEL: "debug",
    },
  });
  const reading = createInterface({ input: child.stderr as NodeJS.ReadableStream });
  await new Promise<void>((resolve) => {
    reading.on("line", (text) => {
      // Throws if a line is not JSON.
      const line = JSON.parse(text) as Line;
      lines.push(line);
      if (line.msg === "Serving metrics at /metrics.") metricsPort = Number(line["port"]);
      if (line.msg !== "listening") return;
      port = Number(line["port"]);
      resolve();
    });
  });
});

afterAll(async () => {
  child.kill("SIGKILL");
  await database.drop();
});

type Answer = { readonly status: number; readonly text: string; readonly isLast: boolean };

/** A request over the only connection of a client. Rejects if the answer is incomplete. */
function send(agent: Agent, path: string, body: string, headers: Record<string, string>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sending = request({ host: "127.0.0.1", port, path, method: "POST", agent, headers });
    sending.on("error", reject);
    sending.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece: string) => {
        text += piece;
      });
      response.on("error", reject);
      response.on("end", () => {
        if (!response.complete) return reject(new Error("the answer was cut off"));
        const isLast = response.headers.connection === "close";
        resolve({ status: response.statusCode ?? 0, text, isLast });
      });
    });
    sending.end(body);
  });
}

async function metrics(): Promise<string> {
  return (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
}

test("serve answers every accepted request and loses no submission when it is stopped under load", async () => {
  const acknowledged: string[] = [];
  const notAccepted: string[] = [];
  let answered = 0;
  let answeredAfter = 0;
  let isStopping = false;
  let started: () => void = () => {};
  const underWay = new Promise<void>((resolve) => {
    started = resolve;
  });

  /** Sends requests over one connection until the server answers with Connection: close. */
  const client = async (nth: number): Promise<void> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let count = nth; ; count++) {
      const isSubmission = count % 4 === 0;
      const id = { "x-request-id": `client-${nth}-${count}` };
      const query = `{ status { papers } papers(first: ${(count % 99) + 1}) { nodes { title } } }`;
      let answer: Answer;
      try {
        answer = isSubmission
          ? await send(agent, "/ingest?wait=0", documents[count % documents.length] ?? "", {
              authorization: `Bearer ${token}`,
              ...id,
            })
          : await send(agent, "/graphql", JSON.stringify({ query }), {
              "content-type": "application/json",
              ...id,
            });
      } catch (error) {
        // The server may close an idle connection while a request is on its way: it was not accepted.
        expect([isStopping, (error as NodeJS.ErrnoException).code]).toEqual([
          true,
          expect.stringMatching(/^E/),
        ]);
        notAccepted.push(id["x-request-id"]);
        return agent.destroy();
      }
      answered++;
      if (isStopping) answeredAfter++;
      if (isSubmission) {
        expect(answer.status).toBeLessThan(300);
        for (const line of answer.text.trimEnd().split("\n")) acknowledged.push(JSON.parse(line).id);
      } else {
        expect(JSON.parse(answer.text)).toMatchObject({ data: { status: {} } });
      }
      if (answered === 200) started();
      if (answer.isLast) return agent.destroy();
    }
  };
  const clients = Promise.all(Array.from({ length: 8 }, (_, nth) => client(nth)));
  await Promise.race([underWay, clients]);

  // One endpoint has the metrics of both processes, those of the worker once it has ingested a document.
  const ingested = /^pith_graph_ingest_documents_total\{process="worker",outcome="merged"\} [1-9]/m;
  let text = await metrics();
  while (!ingested.test(text)) text = await metrics();
  expect(text).toMatch(
    /^pith_graph_graphql_operations_total\{process="api",kind="query",outcome="ok"\} \d{2,}/m,
  );
  expect(text).toMatch(/^pith_graph_queue_documents\{process="api"\} \d+$/m);
  expect(text.match(/^# TYPE process_resident_memory_bytes gauge$/gm)).toHaveLength(1);
  expect(text).toMatch(/^process_resident_memory_bytes\{process="worker"\} \d+/m);

  const closed = once(child, "close");
  isStopping = true;
  child.kill("SIGTERM");
  await clients;
  expect(await closed).toEqual([0, null]);
  expect(answeredAfter).toBeGreaterThan(0);
  expect(acknowledged.length).toBeGreaterThan(20);

  const logged = lines.filter(({ msg }) => msg === "request");
  expect(logged.filter(({ requestId }) => notAccepted.includes(String(requestId)))).toEqual([]);
  // Status 0 means that the client was gone or the answer was cut off.
  expect(logged.filter(({ status }) => status === 0)).toEqual([]);
  const { rows } = await database.pool.query(
    "SELECT submission_id FROM submissions WHERE submission_id = ANY($1::uuid[]) AND status IN ('queued', 'merged')",
    [acknowledged],
  );
  expect(rows).toHaveLength(acknowledged.length);
});

test("serve logs only JSON, with a line for each request and without queries, documents or tokens", () => {
  const logged = lines.filter(({ msg }) => msg === "request");
  expect(logged.find(({ requestId }) => requestId === "client-1-1")).toMatchObject({
    level: "debug",
    role: "api",
    method: "POST",
    path: "/graphql",
    route: "/graphql",
    status: 200,
    milliseconds: expect.any(Number),
  });
  expect(logged.find(({ route }) => route === "/ingest")).toMatchObject({ path: "/ingest", status: 202 });
  expect(lines.map(({ msg }) => msg)).toEqual(
    expect.arrayContaining([
      "PITH_GRAPH_LOGLEVEL is not a setting of pith-graph. Did you mean PITH_GRAPH_LOG_LEVEL?",
      "Stopping …",
    ]),
  );
  const text = JSON.stringify(lines);
  expect(text).not.toMatch(/status \{|record_created|signature/);
  expect(text).not.toContain(token);
  expect(text).not.toContain(sha256(token).toString("hex"));
});

import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { referenceOf } from "../api/fixtures/documents.ts";
import { type ServiceProcess, startService } from "../cli/service-process.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { ingestDocuments } from "../ingest/ingest-documents.ts";
import { EventStream } from "../live/event-source.ts";
import { registry } from "../protocol/signed-events.ts";
import { databaseUrl } from "../server-connection.ts";
import { paper, post, sha256, token } from "../submissions/site.ts";

const cited = paper(0);
const rounds = 3;
let database: TestDatabase;
let folder: string;
const services: ServiceProcess[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  await ingestDocuments(database, [cited.text]);
  folder = await mkdtemp(join(tmpdir(), "pith-graph-processes-"));
  const keyring = join(folder, "keyring.json");
  const { name: _name, seed_hex: _seed, ...entry } = registry;
  await writeFile(keyring, JSON.stringify([entry]));
  const env = {
    DATABASE_URL: databaseUrl(database.connection),
    PITH_GRAPH_KEYRING: keyring,
    PORT: "0",
  };
  // One accepts submissions and runs the worker; the others only answer.
  const tokens = { PITH_GRAPH_TOKENS: sha256(token).toString("hex") };
  services.push(await startService(["serve"], { ...env, ...tokens }));
  const others = Array.from({ length: 3 }, () => startService(["start", "--no-sample"], env));
  services.push(...(await Promise.all(others)));
});
afterAll(async () => {
  for (const { child } of services) child.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
  await database.drop();
});

async function queryService<Data>({ url }: ServiceProcess, query: string): Promise<Data> {
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = (await response.json()) as { data: Data; errors?: unknown };
  expect(errors).toBeUndefined();
  return data;
}

/** The same text each time, so that the answer and the row of the work are cached. */
const counts = `{ status { papers } work(ref: "arXiv:2403.10000") { citedByCount } }`;
/** Another text each time, so that only rows are cached. */
const citedBy = (number: number) => `{ w${number}: work(ref: "arXiv:2403.10000") { citedByCount } }`;
const graph = `{ citationGraph(roots: ["arXiv:2403.10000"], direction: CITED_BY) { nodeCount graphVersion } }`;

type Graph = { citationGraph: { nodeCount: number; graphVersion: string } };

/** Polls until the process's graph has reached the position. The test's time limit ends the wait. */
async function graphAt(service: ServiceProcess, position: string): Promise<Graph["citationGraph"]> {
  for (;;) {
    const { citationGraph } = await queryService<Graph>(service, graph);
    if (BigInt(citationGraph.graphVersion) >= BigInt(position)) return citationGraph;
  }
}

it("all four processes see a paper submitted to one of them: in streams, cached answers and rows, and the graph", async () => {
  const [first] = services as [ServiceProcess];
  const streams = await Promise.all(
    services.map(({ url }) =>
      EventStream.open(url, "subscription { paperChanged { position paper { pithNumber } } }"),
    ),
  );
  try {
    // From the first heartbeat on no event is missed.
    await Promise.all(streams.map((stream) => stream.beats(1)));
    for (let round = 1; round <= rounds; round++) {
      for (const [number, service] of services.entries()) {
        const before = { status: { papers: round }, work: { citedByCount: round - 1 } };
        // Twice: the second answer is from the cache.
        for (let time = 0; time < 2; time++) expect(await queryService(service, counts)).toEqual(before);
        expect(await queryService(service, citedBy(number))).toEqual({
          [`w${number}`]: { citedByCount: round - 1 },
        });
      }
      const submitted = paper(200 + round, { references: [referenceOf(1, { arxivId: "2403.10000" })] });
      const { answers } = await post(first.url, submitted.text, {}, "?wait=30");
      expect(answers).toMatchObject([{ status: "MERGED" }]);
      // Right after the acknowledgement, in every process.
      for (const [number, service] of services.entries()) {
        expect(await queryService(service, counts)).toEqual({
          status: { papers: round + 1 },
          work: { citedByCount: round },
        });
        const name = 100 * round + number;
        expect(await queryService(service, citedBy(name))).toEqual({ [`w${name}`]: { citedByCount: round } });
      }
      const events = await Promise.all(streams.map((stream) => stream.next()));
      const change = { paper: { pithNumber: submitted.pithNumber }, position: events[0]?.id };
      for (const event of events) expect(event?.data.data).toEqual({ paperChanged: change });

      const { rows } = await database.pool.query<{ value: string }>(
        "SELECT value FROM totals WHERE name = 'graph_position'",
      );
      const position = rows[0]?.value ?? "";
      const graphs = await Promise.all(services.map((service) => graphAt(service, position)));
      for (const answer of graphs) expect(answer).toEqual({ nodeCount: round + 1, graphVersion: position });
    }
  } finally {
    for (const stream of streams) stream.close();
  }
});

it("three processes continue when the fourth is killed, and stop with status 0 on SIGTERM", async () => {
  const killed = services.splice(1, 1)[0] as ServiceProcess;
  const gone = once(killed.child, "close");
  killed.child.kill("SIGKILL");
  await gone;
  const [first] = services as [ServiceProcess];
  const { answers } = await post(first.url, paper(300).text, {}, "?wait=30");
  expect(answers).toMatchObject([{ status: "MERGED" }]);
  for (const service of services) {
    expect(await queryService(service, counts)).toMatchObject({ status: { papers: rounds + 2 } });
  }
  const stopped = services.map(({ child }) => once(child, "close"));
  for (const { child } of services) child.kill("SIGTERM");
  expect(await Promise.all(stopped)).toEqual(services.map(() => [0, null]));
});

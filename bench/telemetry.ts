import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { say } from "./api/comparison.ts";
import { questionOf } from "./api/contestants.ts";
import { jobs } from "./api/jobs.ts";
import { startLoadProcess } from "./api/load-process.ts";
import { withHepTh } from "./api/served.ts";
import { startPithGraph } from "./api/server-process.ts";
import { ratioOf, Stopwatch, type Turn } from "./api/turns.ts";
import { postgresSeconds } from "./processor-time.ts";

const pace = { rounds: 5, milliseconds: 800, warmUpMilliseconds: 1_000 };

/** Kinds of telemetry, with the settings that enable them. */
function kindsOfTelemetry(collector: string): Readonly<Record<string, Readonly<Record<string, string>>>> {
  return {
    "default settings": {},
    "metrics served": { PITH_GRAPH_METRICS: "127.0.0.1:0" },
    "a log line for each request": { PITH_GRAPH_LOG_LEVEL: "debug" },
    "1 % of requests traced": {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector,
      OTEL_TRACES_SAMPLER: "traceidratio",
      OTEL_TRACES_SAMPLER_ARG: "0.01",
    },
    "each request traced": { OTEL_EXPORTER_OTLP_ENDPOINT: collector },
  };
}

/**
 * `npm run bench -- telemetry`: the cost of metrics, logs and traces for a request of `bench -- api` (with the row
 * cache, without the response cache): the same server, started with each of them, answers in turn.
 */
export async function run(): Promise<void> {
  await withHepTh(async ({ url, pool, parameters }) => {
    const collector = await startCollector();
    const load = startLoadProcess();
    const stopwatch = new Stopwatch(load, () => postgresSeconds(pool));
    const servers: { name: string; server: Awaited<ReturnType<typeof startPithGraph>> }[] = [];
    try {
      for (const [name, environment] of Object.entries(kindsOfTelemetry(collector.url))) {
        servers.push({
          name,
          server: await startPithGraph(url, { PITH_GRAPH_RESPONSE_CACHE: "0", ...environment }),
        });
      }
      for (const job of jobs) {
        say(`${job.name}: ${job.title} …`);
        const { path, bodyOf } = questionOf(job);
        const bodies = parameters[job.name].map(bodyOf);
        const turns: Turn[] = servers.map(({ name, server }) => ({ name, server, path, bodies }));
        const [plain, ...others] = await stopwatch.takeTurns(turns, pace);
        if (plain === undefined) continue;
        console.log(`\n${job.name}: ${job.title}`);
        for (const result of [plain, ...others]) {
          const { name, rate, serverCpu } = result;
          const speed = `${Math.round(rate).toLocaleString("en-US").padStart(7)} requests/s`;
          const times = result === plain ? "" : `   ${ratioOf(result, plain).toFixed(2)} ×`;
          console.log(
            `  ${name.padEnd(34)} ${speed}   CPU ${(serverCpu * 1000).toFixed(0).padStart(5)} µs${times}`,
          );
        }
      }
    } finally {
      load.close();
      await Promise.all(servers.map(({ server }) => server.close()));
      collector.close();
    }
  });
}

/** Accepts traces, and discards them. */
async function startCollector(): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((request, response) => {
    request.resume().on("end", () => response.end("{}"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

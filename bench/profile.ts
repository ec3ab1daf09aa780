import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { say } from "./api/comparison.ts";
import { questionOf } from "./api/contestants.ts";
import { jobs } from "./api/jobs.ts";
import { startLoadProcess } from "./api/load-process.ts";
import { withHepTh } from "./api/served.ts";
import { startPithGraph } from "./api/server-process.ts";
import { connections } from "./api/turns.ts";
import { type CpuProfile, partsOf } from "./profile/parts.ts";

const warmUpMilliseconds = 1_000;
const milliseconds = 3_000;

type Measured = { readonly requests: number; readonly parts: ReadonlyMap<string, number> };

/**
 * `npm run bench -- profile`: the CPU time of a request by parts of the server's process, from V8's sampling profiler,
 * for each job of `bench -- api`, without the response cache and PostgreSQL's time.
 */
export async function run(): Promise<void> {
  // The load runs on the peers' Node.js, which is installed by now.
  await withHepTh(async ({ url, parameters }) => {
    const load = startLoadProcess();
    try {
      const measured = new Map<string, Measured>();
      for (const job of jobs) {
        say(`${job.name}: ${job.title} …`);
        const folder = mkdtempSync(join(tmpdir(), "pith-graph-profile-"));
        try {
          const server = await startPithGraph(url, {
            PITH_GRAPH_RESPONSE_CACHE: "0",
            NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${folder}`,
          });
          const { path, bodyOf } = questionOf(job);
          const bodies = parameters[job.name].map(bodyOf);
          const order = { port: server.port, path, bodies, connections };
          await load.run({ ...order, milliseconds: warmUpMilliseconds });
          const from = monotonicMicroseconds();
          const { requests } = await load.run({ ...order, milliseconds });
          const to = monotonicMicroseconds();
          await server.close();
          measured.set(job.name, { requests, parts: partsOf(busiestProfile(folder), from, to) });
        } finally {
          rmSync(folder, { recursive: true, force: true });
        }
      }
      print(measured);
    } finally {
      load.close();
    }
  });
}

function monotonicMicroseconds(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

/** Each thread of the server writes a profile. The answering thread's has the most samples. */
function busiestProfile(folder: string): CpuProfile {
  const profiles = readdirSync(folder).map(
    (name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as CpuProfile,
  );
  const [busiest] = profiles.sort((a, b) => b.nodes.length - a.nodes.length);
  if (busiest === undefined) throw new Error("The server has written no profile.");
  return busiest;
}

function print(measured: ReadonlyMap<string, Measured>): void {
  const names = [...measured.keys()];
  const sums = new Map<string, number>();
  for (const { parts, requests } of measured.values()) {
    for (const [part, time] of parts) sums.set(part, (sums.get(part) ?? 0) + time / requests);
  }
  const rows = [...sums].sort((a, b) => b[1] - a[1]).map(([part]) => part);
  const line = (title: string, cells: readonly string[]) =>
    console.log(`${title.padEnd(44)}${cells.map((cell) => cell.padStart(8)).join("")}`);
  console.log("\nMicroseconds of CPU a request, in the server's process:");
  line("", names);
  for (const row of rows) {
    line(
      row,
      names.map((name) => figureOf(measured.get(name), row)),
    );
  }
  line(
    "together",
    names.map((name) => {
      const { parts, requests } = measured.get(name) as Measured;
      return Math.round([...parts.values()].reduce((sum, time) => sum + time, 0) / requests).toString();
    }),
  );
}

function figureOf(measured: Measured | undefined, part: string): string {
  return measured === undefined ? "" : ((measured.parts.get(part) ?? 0) / measured.requests).toFixed(0);
}

import { availableParallelism } from "node:os";
import { peerNode, peerVersion } from "../peers/install.ts";
import { type Contestant, handWrittenSql, pithGraph, postgraphile, sqlByLevels } from "./contestants.ts";
import { assertEqualAnswers } from "./equal-answers.ts";
import { type Job, jobs, type Parameters, type readParameters } from "./jobs.ts";
import { type LoadProcess, startLoadProcess } from "./load-process.ts";
import { type ServerProcess, startPeer, startPithGraph, startPithGraphCluster } from "./server-process.ts";
import { connections, type Pace, ratioOf, type Turn, type TurnResult, takeTurns } from "./turns.ts";

/** Every answer is computed from rows that are cached until they change, as by default. */
const withoutCache = { PITH_GRAPH_RESPONSE_CACHE: "0" };
/** Every row is also read from PostgreSQL for every answer, as under constant writes. */
const withoutRows = { ...withoutCache, PITH_GRAPH_ROW_CACHE: "0" };

type AllParameters = Awaited<ReturnType<typeof readParameters>>;

/** Starts all servers on one database, checks that their answers are equal, and prints the table. */
export async function compareServers(url: string, parameters: AllParameters, pace: Pace): Promise<void> {
  console.log(
    `All servers on Node.js ${peerNode().version}; ${connections} connections from another process.`,
  );
  console.log(
    "CPU is that of the server's process for a request, without PostgreSQL and the load generator.\n",
  );
  const load = startLoadProcess();
  const servers: ServerProcess[] = [];
  const started = async <Server extends ServerProcess>(server: Promise<Server>): Promise<Server> => {
    servers.push(await server);
    return server;
  };
  try {
    say("Starting the servers …");
    const own = pithGraph("pith-graph", await started(startPithGraph(url, withoutCache)));
    const peer = postgraphile(
      `PostGraphile ${peerVersion("postgraphile")}`,
      await started(startPeer("postgraphile.mjs", url)),
    );
    const sqlServer = await started(startPeer("hand-written-sql.ts", url));
    const sql = handWrittenSql("hand-written SQL", sqlServer);
    const levels = sqlByLevels("the same, level by level", sqlServer);
    const bare = pithGraph("without row cache", await started(startPithGraph(url, withoutRows)));
    const cached = pithGraph("with its response cache", await started(startPithGraph(url, {})));
    const contestants = [own, peer, sql, levels, bare, cached];
    for (const job of jobs) {
      const compared = await assertEqualAnswers(contestants, job, parameters[job.name]);
      say(`${job.name}: ${compared} answers compared, all equal`);
    }
    console.log();
    for (const job of jobs) await compare(load, contestants, job, parameters[job.name], pace);
    await showCeilings(
      load,
      [
        { name: "graphql-yoga", server: await started(startPeer("yoga-hello.ts", url)) },
        { name: "graphql-js behind node:http", server: await started(startPeer("graphql-execute.ts", url)) },
      ],
      pace,
    );
    const processes = availableParallelism();
    const cluster = await started(startPithGraphCluster(url, withoutCache, processes));
    await showScaling(load, own, pithGraph(`${processes} processes`, cluster), parameters, pace);
  } finally {
    load.close();
    await Promise.all(servers.map((server) => server.close()));
  }
}

function turnsOf(contestants: readonly Contestant[], job: Job, parameters: readonly Parameters[]): Turn[] {
  return contestants.flatMap(({ name, server, ask }) => {
    const question = ask(job);
    return question === undefined
      ? []
      : [{ name, server, path: question.path, bodies: parameters.map(question.bodyOf) }];
  });
}

async function compare(
  load: LoadProcess,
  contestants: readonly Contestant[],
  job: Job,
  parameters: readonly Parameters[],
  pace: Pace,
): Promise<void> {
  const results = await takeTurns(load, turnsOf(contestants, job, parameters), pace);
  console.log(`${job.name}: ${job.title}`);
  const [own, ...others] = results;
  if (own === undefined) return;
  printResult(own);
  for (const other of others) printResult(other, `pith-graph: ${ratioOf(own, other).toFixed(2)} ×`);
  console.log();
}

async function showCeilings(
  load: LoadProcess,
  ceilings: readonly { readonly name: string; readonly server: ServerProcess }[],
  pace: Pace,
): Promise<void> {
  const bodies = [JSON.stringify({ query: "{ hello }" })];
  const turns = ceilings.map((ceiling) => ({ ...ceiling, path: "/graphql", bodies }));
  console.log("Ceilings: { hello }");
  for (const result of await takeTurns(load, turns, pace)) printResult(result);
  console.log();
}

async function showScaling(
  load: LoadProcess,
  one: Contestant,
  all: Contestant,
  parameters: AllParameters,
  pace: Pace,
): Promise<void> {
  console.log(`pith-graph in ${all.name} (node:cluster), beside PostgreSQL and the load on the same cores`);
  for (const job of jobs) {
    const turns = turnsOf([one, all], job, parameters[job.name]);
    const [single, several] = await takeTurns(load, turns, pace);
    if (single === undefined || several === undefined) return;
    printResult(
      { ...several, name: `${job.name} in ${several.name}` },
      `one process: ${Math.round(single.rate).toLocaleString("en-US")}; ${ratioOf(several, single).toFixed(2)} ×`,
    );
  }
}

function printResult({ name, rate, p50, p95, cpu }: TurnResult, remark = ""): void {
  const figures = [
    `${Math.round(rate).toLocaleString("en-US").padStart(8)} requests/s`,
    `p50 ${p50.toFixed(1).padStart(5)} ms`,
    `p95 ${p95.toFixed(1).padStart(6)} ms`,
    Number.isNaN(cpu) ? "" : `CPU ${cpu.toFixed(0).padStart(5)} µs`,
  ];
  console.log(`  ${name.padEnd(28)}${figures.join("   ")}   ${remark}`.trimEnd());
}

export function say(text: string): void {
  console.log(`[${(performance.now() / 1000).toFixed(0).padStart(3)} s] ${text}`);
}

import { availableParallelism } from "node:os";
import type pg from "pg";
import { peerNode } from "../peers/install.ts";
import { postgresSeconds } from "../processor-time.ts";
import {
  type Contestant,
  type Program,
  theField,
  withoutCache,
  withoutSummaries,
  withResponseCache,
} from "./contestants.ts";
import { assertEqualAnswers, type Running } from "./equal-answers.ts";
import type { JobName } from "./hand-written-sql.ts";
import { type Job, jobs, type Parameters, type readParameters } from "./jobs.ts";
import { startLoadProcess } from "./load-process.ts";
import { type ServerProcess, startPeer, startPithGraphCluster } from "./server-process.ts";
import { type JobResults, printTargets } from "./targets.ts";
import { connections, type Pace, ratioOf, Stopwatch, type Turn, type TurnResult } from "./turns.ts";

type AllParameters = Awaited<ReturnType<typeof readParameters>>;

export type Served = {
  readonly url: string;
  readonly pool: pg.Pool;
  /** The parameters of each job. */
  readonly parameters: AllParameters;
};

export type ApiPace = Pace & {
  /** Answers to compare for each job, before anything is measured. */
  readonly comparedAnswers: number;
  /** The length of the first phase of a server that was just started. */
  readonly coldMilliseconds: number;
};

/**
 * Starts all servers on one database, checks that their answers are equal, measures each job in two phases, and prints
 * which targets are reached.
 */
export async function compareServers(
  { url, pool, parameters }: Served,
  pace: ApiPace,
  withCeilings: boolean,
): Promise<void> {
  const field = theField();
  const contestants = [
    ...Object.values(field),
    withoutSummaries(),
    ...(withCeilings ? [withResponseCache()] : []),
  ];
  const load = startLoadProcess();
  const stopwatch = new Stopwatch(load, () => postgresSeconds(pool));
  const servers = new RunningServers(url);
  try {
    printConditions(pace);
    await checkAnswers(servers, contestants, parameters, pace.comparedAnswers);
    const results = new Map<JobName, JobResults>();
    for (const job of jobs) {
      const steady = await measureJob(stopwatch, servers, contestants, job, parameters[job.name], pace);
      const of = (contestant: Contestant) => steady.get(contestant) as TurnResult;
      results.set(job.name, {
        own: of(field.own),
        peer: of(field.peer),
        sql: of(field.sql),
        levels: steady.get(field.levels),
        noRows: of(field.noRows),
      });
    }
    printTargets(results);
    if (!withCeilings) return;
    await showCeilings(stopwatch, servers, pace);
    await showScaling(stopwatch, servers, field.own, parameters, pace);
  } finally {
    load.close();
    await servers.close();
  }
}

function printConditions({ coldMilliseconds, warmUpMilliseconds }: ApiPace): void {
  console.log(`All servers on Node.js ${peerNode().version}; ${connections} connections from another process.
CPU is milliseconds of the server's process and of PostgreSQL for a request. kB is the mean size of an answer.
Cold: the first ${coldMilliseconds / 1000} s of a server that was just started for this query; PostgreSQL's buffers are as they are.
Steady: the medians of rounds in turn, after those ${coldMilliseconds / 1000} s, or ${warmUpMilliseconds / 1000} s for servers without a cold phase.
`);
}

/** The processes of the programs, started when they are needed. */
class RunningServers {
  readonly #url: string;
  readonly #processes = new Map<Program, ServerProcess>();
  readonly #others: ServerProcess[] = [];

  constructor(url: string) {
    this.#url = url;
  }

  async get(program: Program): Promise<ServerProcess> {
    const known = this.#processes.get(program);
    if (known !== undefined) return known;
    const started = await program.start(this.#url);
    this.#processes.set(program, started);
    return started;
  }

  async restart(program: Program): Promise<ServerProcess> {
    await this.#processes.get(program)?.close();
    this.#processes.delete(program);
    return this.get(program);
  }

  /** A server that is no contestant. */
  async add(start: (url: string) => Promise<ServerProcess>): Promise<ServerProcess> {
    const started = await start(this.#url);
    this.#others.push(started);
    return started;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#processes.values(), ...this.#others].map((server) => server.close()));
  }
}

async function checkAnswers(
  servers: RunningServers,
  contestants: readonly Contestant[],
  parameters: AllParameters,
  comparedAnswers: number,
): Promise<void> {
  say("Starting the servers …");
  const running: Running[] = [];
  for (const contestant of contestants) {
    running.push({ contestant, server: await servers.get(contestant.program) });
  }
  for (const job of jobs) {
    const { compared, means } = await assertEqualAnswers(
      running,
      job,
      parameters[job.name].slice(0, comparedAnswers),
    );
    const parts = Object.entries(means).map(([part, mean]) => `${mean.toFixed(1)} ${part}`);
    say(`${job.name}: ${compared} answers compared, all equal; on average ${parts.join(", ")}`);
  }
  console.log();
}

function turnOf(
  { name, ask }: Contestant,
  server: ServerProcess,
  job: Job,
  parameters: readonly Parameters[],
): Turn | undefined {
  const question = ask(job);
  return question === undefined
    ? undefined
    : { name, server, path: question.path, bodies: parameters.map(question.bodyOf) };
}

/** Prints both phases of a job. Returns the results of the steady one. */
async function measureJob(
  stopwatch: Stopwatch,
  servers: RunningServers,
  contestants: readonly Contestant[],
  job: Job,
  parameters: readonly Parameters[],
  pace: ApiPace,
): Promise<ReadonlyMap<Contestant, TurnResult>> {
  console.log(`${job.name}: ${job.title}`);
  const restarted = new Set<Program>();
  const turns = new Map<Contestant, Turn>();
  const cold: TurnResult[] = [];
  for (const contestant of contestants) {
    const { program } = contestant;
    const isCold = program.isColdFirst && !restarted.has(program);
    restarted.add(program);
    const server = await (isCold ? servers.restart(program) : servers.get(program));
    const turn = turnOf(contestant, server, job, parameters);
    if (turn === undefined) continue;
    turns.set(contestant, turn);
    if (isCold) cold.push(await stopwatch.measure(turn, pace.coldMilliseconds));
  }
  printPhase("cold", cold);
  const steady = await stopwatch.takeTurns([...turns.values()], pace);
  printPhase("steady", steady);
  console.log();
  return new Map([...turns.keys()].map((contestant, index) => [contestant, steady[index] as TurnResult]));
}

function printPhase(phase: string, [own, ...others]: readonly TurnResult[]): void {
  console.log(
    `  ${phase.padEnd(26)}requests/s    p50 ms    p95 ms    CPU ms: server + PostgreSQL        kB   pith-graph is`,
  );
  if (own === undefined) return;
  printResult(own);
  for (const other of others) printResult(other, `${ratioOf(own, other).toFixed(2)} ×`);
}

function printResult(result: TurnResult, remark = ""): void {
  const { name, rate, p50, p95, serverCpu, postgresCpu, bytes } = result;
  const cpu = Number.isNaN(serverCpu) ? "" : `${serverCpu.toFixed(2)} + ${postgresCpu.toFixed(2)}`;
  const figures = [
    Math.round(rate).toLocaleString("en-US").padStart(10),
    p50.toFixed(1).padStart(10),
    p95.toFixed(1).padStart(10),
    cpu.padStart(34),
    (bytes / 1000).toFixed(1).padStart(10),
  ];
  console.log(`    ${name.padEnd(24)}${figures.join("")}   ${remark.padStart(13)}`.trimEnd());
}

async function showCeilings(stopwatch: Stopwatch, servers: RunningServers, pace: Pace): Promise<void> {
  const bodies = [JSON.stringify({ query: "{ hello }" })];
  const turns: Turn[] = [];
  for (const [name, file] of [
    ["graphql-yoga", "yoga-hello.ts"],
    ["graphql-js on node:http", "graphql-execute.ts"],
  ] as const) {
    turns.push({ name, server: await servers.add((url) => startPeer(file, url)), path: "/graphql", bodies });
  }
  console.log("Ceilings: { hello }");
  for (const result of await stopwatch.takeTurns(turns, pace)) printResult(result);
  console.log();
}

async function showScaling(
  stopwatch: Stopwatch,
  servers: RunningServers,
  one: Contestant,
  parameters: AllParameters,
  pace: Pace,
): Promise<void> {
  const processes = availableParallelism();
  const single = await servers.get(one.program);
  const cluster = await servers.add((url) => startPithGraphCluster(url, withoutCache, processes));
  console.log(
    `pith-graph in ${processes} processes (node:cluster), beside PostgreSQL and the load on the same cores; then in one`,
  );
  for (const job of jobs) {
    const turns = [cluster, single].map((server) => turnOf(one, server, job, parameters[job.name]) as Turn);
    const [several, alone] = await stopwatch.takeTurns(turns, pace);
    if (several === undefined || alone === undefined) return;
    printResult({ ...several, name: `${job.name}, ${processes} processes` });
    printResult(
      { ...alone, name: `${job.name}, one process` },
      `${ratioOf(several, alone).toFixed(2)} × in ${processes}`,
    );
  }
}

export function say(text: string): void {
  console.log(`[${(performance.now() / 1000).toFixed(0).padStart(3)} s] ${text}`);
}

import { median } from "../measure.ts";
import type { LoadReport } from "./load.ts";
import type { LoadProcess } from "./load-process.ts";
import type { ServerProcess } from "./server-process.ts";

/** Connections of the load generator, unless a turn has its own number. */
export const connections = 16;

/** A server and its requests. */
export type Turn = {
  readonly name: string;
  readonly server: ServerProcess;
  readonly path: string;
  readonly bodies: readonly string[];
  readonly connections?: number;
};

/** Medians over the rounds. */
export type TurnResult = {
  readonly name: string;
  /** Requests a second, one figure for each round. */
  readonly rates: readonly number[];
  readonly rate: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p95: number;
  /** Milliseconds of CPU for a request: of the server's process, and of PostgreSQL. */
  readonly serverCpu: number;
  readonly postgresCpu: number;
  /** The mean size of an answer. */
  readonly bytes: number;
};

export type Pace = {
  readonly rounds: number;
  readonly milliseconds: number;
  readonly warmUpMilliseconds: number;
};

/** Sends requests, and measures the processor time that they take. */
export class Stopwatch {
  readonly #load: LoadProcess;
  readonly #postgresSeconds: () => Promise<number>;
  /** How many requests of a turn were sent: the next round continues there. */
  readonly #sent = new WeakMap<Turn, number>();

  /** `postgresSeconds` is the CPU time of all of PostgreSQL's processes so far. */
  constructor(load: LoadProcess, postgresSeconds: () => Promise<number>) {
    this.#load = load;
    this.#postgresSeconds = postgresSeconds;
  }

  async run(turn: Turn, milliseconds: number): Promise<LoadReport> {
    const { server, path, bodies } = turn;
    const from = this.#sent.get(turn) ?? 0;
    const order = { port: server.port, path, bodies, from, milliseconds };
    const report = await this.#load.run({ ...order, connections: turn.connections ?? connections });
    this.#sent.set(turn, from + report.requests);
    return report;
  }

  /** One round of a turn. */
  async measure(turn: Turn, milliseconds: number): Promise<TurnResult> {
    const [server, postgres] = [turn.server.cpuSeconds(), await this.#postgresSeconds()];
    const report = await this.run(turn, milliseconds);
    const perRequest = (seconds: number) => (seconds * 1000) / report.requests;
    const rate = report.requests / report.seconds;
    return {
      name: turn.name,
      rates: [rate],
      rate,
      p50: report.p50,
      p95: report.p95,
      serverCpu: perRequest(turn.server.cpuSeconds() - server),
      postgresCpu: perRequest((await this.#postgresSeconds()) - postgres),
      bytes: report.bytes / report.requests,
    };
  }

  /**
   * Measures servers in turn, round by round, so that other load of the machine affects all equally. Turns that were
   * measured before are not warmed up again.
   */
  async takeTurns(turns: readonly Turn[], pace: Pace): Promise<readonly TurnResult[]> {
    for (const turn of turns) {
      if (!this.#sent.has(turn)) await this.run(turn, pace.warmUpMilliseconds);
    }
    const results = turns.map(() => [] as TurnResult[]);
    for (let round = 0; round < pace.rounds; round++) {
      for (const [index, turn] of turns.entries()) {
        results[index]?.push(await this.measure(turn, pace.milliseconds));
      }
    }
    return turns.map(({ name }, index) => medianOf(name, results[index] ?? []));
  }
}

function medianOf(name: string, rounds: readonly TurnResult[]): TurnResult {
  const of = (value: (result: TurnResult) => number) => median(rounds.map(value));
  return {
    name,
    rates: rounds.map(({ rate }) => rate),
    rate: of(({ rate }) => rate),
    p50: of(({ p50 }) => p50),
    p95: of(({ p95 }) => p95),
    serverCpu: of(({ serverCpu }) => serverCpu),
    postgresCpu: of(({ postgresCpu }) => postgresCpu),
    bytes: of(({ bytes }) => bytes),
  };
}

/** The median over the rounds of the ratio of `a`'s rate to `b`'s. */
export function ratioOf(a: TurnResult, b: TurnResult): number {
  return median(a.rates.map((rate, round) => rate / (b.rates[round] ?? Number.NaN)));
}

import { median } from "../measure.ts";
import type { LoadReport } from "./load.ts";
import type { LoadProcess } from "./load-process.ts";
import type { ServerProcess } from "./server-process.ts";

/** Connections of the load generator. */
export const connections = 16;
/** The maximum number of requests of a turn. */
const maximumRequests = 100_000;

/** A server and its requests. */
export type Turn = {
  readonly name: string;
  readonly server: ServerProcess;
  readonly path: string;
  readonly bodies: readonly string[];
};

export type TurnResult = {
  readonly name: string;
  /** Requests a second, one figure for each round. */
  readonly rates: readonly number[];
  /** Medians over the rounds: requests/s, milliseconds, microseconds of the server process's CPU for a request. */
  readonly rate: number;
  readonly p50: number;
  readonly p95: number;
  readonly cpu: number;
};

export type Pace = {
  readonly rounds: number;
  readonly milliseconds: number;
  readonly warmUpMilliseconds: number;
};

/** Measures servers in turn, round by round, so that other load of the machine affects all equally. */
export async function takeTurns(
  load: LoadProcess,
  turns: readonly Turn[],
  { rounds, milliseconds, warmUpMilliseconds }: Pace,
): Promise<readonly TurnResult[]> {
  const order = (turn: Turn, time: number) => ({
    port: turn.server.port,
    path: turn.path,
    bodies: turn.bodies,
    connections,
    milliseconds: time,
    maximumRequests,
  });
  for (const turn of turns) await load.run(order(turn, warmUpMilliseconds));
  const reports = turns.map(() => [] as (LoadReport & { cpu: number })[]);
  for (let round = 0; round < rounds; round++) {
    for (const [index, turn] of turns.entries()) {
      const before = turn.server.cpuSeconds();
      const report = await load.run(order(turn, milliseconds));
      const cpu = ((turn.server.cpuSeconds() - before) * 1e6) / report.requests;
      reports[index]?.push({ ...report, cpu });
    }
  }
  return turns.map(({ name }, index) => {
    const mine = reports[index] ?? [];
    const rates = mine.map(({ requests, seconds }) => requests / seconds);
    return {
      name,
      rates,
      rate: median(rates),
      p50: median(mine.map(({ p50 }) => p50)),
      p95: median(mine.map(({ p95 }) => p95)),
      cpu: median(mine.map(({ cpu }) => cpu)),
    };
  });
}

/** The median over the rounds of the ratio of `a`'s rate to `b`'s. */
export function ratioOf(a: TurnResult, b: TurnResult): number {
  return median(a.rates.map((rate, round) => rate / (b.rates[round] ?? Number.NaN)));
}

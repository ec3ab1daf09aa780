/** A function to time. Its result is kept, so that no part of it is optimised away as unused. */
export type Measured = Record<string, () => unknown>;

export type Measurement<Name extends string> = {
  /** The median time of one call, in microseconds of CPU. */
  readonly times: Readonly<Record<Name, number>>;
  /** The median over the rounds of the ratio of a call of `a` to one of `b`. */
  ratio(a: Name, b: Name): number;
};

/** The target time of a batch of calls: long compared with the clock's resolution, short compared with other load. */
const batchMilliseconds = 15;

let sink: unknown;

/**
 * Times functions in turn, batch by batch, so that other load of the machine affects all of them equally: a ratio
 * within a round is reliable even if the figures are not.
 *
 * The time is the CPU time of the process on all cores, including the garbage collector's threads.
 */
export function measure<Functions extends Measured>(
  functions: Functions,
  rounds = 31,
): Measurement<keyof Functions & string> {
  type Name = keyof Functions & string;
  const entries = Object.entries(functions).map(([name, run]) => ({
    name: name as Name,
    run,
    calls: callsIn(batchMilliseconds, run),
    samples: [] as number[],
  }));
  for (let round = 0; round < rounds; round++) {
    for (const { run, calls, samples } of entries) samples.push((timeOf(run, calls) / calls) * 1000);
  }
  const samplesOf = (name: Name) => entries.find((entry) => entry.name === name)?.samples ?? [];
  return {
    times: Object.fromEntries(entries.map(({ name, samples }) => [name, median(samples)])) as Record<
      Name,
      number
    >,
    ratio: (a, b) => {
      const others = samplesOf(b);
      return median(samplesOf(a).map((sample, round) => sample / (others[round] ?? Number.NaN)));
    },
  };
}

/** Milliseconds of CPU. */
function timeOf(run: () => unknown, calls: number): number {
  const start = process.cpuUsage();
  for (let call = 0; call < calls; call++) sink = run();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** The number of calls of a batch. Finding it also warms the function up. */
function callsIn(milliseconds: number, run: () => unknown): number {
  let calls = 1;
  while (timeOf(run, calls) < milliseconds) calls *= 2;
  return calls;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The result of the last measured call. Reading it anywhere keeps the calls alive. */
export function lastResult(): unknown {
  return sink;
}

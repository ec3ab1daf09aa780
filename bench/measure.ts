/** Something to be timed; what it returns is kept, so that nothing of it can be left out as unused. */
export type Measured = Record<string, () => unknown>;

export type Measurement<Name extends string> = {
  /** The median time of one call, in microseconds of CPU. */
  readonly times: Readonly<Record<Name, number>>;
  /** The median, over the rounds, of how much longer a call of `a` took than one of `b`. */
  ratio(a: Name, b: Name): number;
};

/** How long one batch of a function's calls should take: long against the clock, short against other load. */
const batchMilliseconds = 15;

let sink: unknown;

/**
 * Times functions. They take turns, batch by batch, so that what else the machine does falls on all of them
 * alike: a ratio taken within each round can be trusted where a figure can not.
 *
 * Time is that of the process on any core, the collector's helpers included: what one core would need for
 * all of it, whoever else has it in between.
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

/** How many calls fill a batch. Counting them also warms the function up. */
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

/** What the last measured call returned: reading it anywhere keeps the calls alive. */
export function lastResult(): unknown {
  return sink;
}

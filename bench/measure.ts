/** Something to be timed; what it returns is kept, so that nothing of it can be left out as unused. */
export type Measured = Record<string, () => unknown>;

/** How long one batch of a function's calls should take: long against the clock, short against other load. */
const batchMilliseconds = 15;

let sink: unknown;

/**
 * The median time of one call of each function, in microseconds. The functions take turns, batch by batch, so
 * that what else the machine does falls on all of them alike: ratios can be trusted where figures can not.
 */
export function measure<Names extends Measured>(functions: Names, rounds = 21): Record<keyof Names, number> {
  const entries = Object.entries(functions).map(([name, run]) => ({
    name,
    run,
    calls: callsIn(batchMilliseconds, run),
    times: [] as number[],
  }));
  for (let round = 0; round < rounds; round++) {
    for (const { run, calls, times } of entries) times.push(timeOf(run, calls) / calls);
  }
  return Object.fromEntries(entries.map(({ name, times }) => [name, median(times) * 1000])) as Record<
    keyof Names,
    number
  >;
}

function timeOf(run: () => unknown, calls: number): number {
  const start = performance.now();
  for (let call = 0; call < calls; call++) sink = run();
  return performance.now() - start;
}

/** Also warms the function up. */
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

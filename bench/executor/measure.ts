import { isDeepStrictEqual } from "node:util";
import { median } from "../measure.ts";
import { type ExecutorName, executorNames, type Prepared } from "./executors.ts";
import type { Question } from "./questions.ts";

export type Pace = { readonly rounds: number; readonly milliseconds: number };

/** Requests that are executed at a time, as a server with so many connections does. */
const concurrency = 16;

type Contestant = { readonly name: ExecutorName; readonly run: (ref: string) => Promise<string> };

export type Measured = {
  readonly name: ExecutorName;
  /** The median of the rounds, in microseconds of CPU a request. */
  readonly cpu: number;
  /** The median of the rounds of this executor's requests per second of CPU in relation to those of `own`. */
  readonly toOwn: number;
};

/** The executors that support a question, once their answers are equal; and for the others the reason. */
export async function contestantsFor(
  { query, refs, title }: Question,
  prepared: Prepared,
): Promise<{ contestants: readonly Contestant[]; failures: readonly string[] }> {
  const contestants: Contestant[] = [];
  const failures: string[] = [];
  for (const name of executorNames) {
    try {
      contestants.push({ name, run: prepared.prepare(name, query) });
    } catch (error) {
      failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  for (const ref of refs) {
    const answers = await Promise.all(
      contestants.map(async ({ run }) => JSON.parse(await run(ref)) as { data?: unknown; errors?: unknown }),
    );
    for (const [index, { data, errors }] of answers.entries()) {
      if (errors === undefined && isDeepStrictEqual(data, answers[0]?.data)) continue;
      const name = contestants[index]?.name;
      throw new Error(`${title}, ${ref}: ${name} answers ${JSON.stringify(errors ?? data).slice(0, 1_000)}`);
    }
  }
  return { contestants, failures };
}

/** Measures in turns, round by round, so that other load of the machine affects all equally. */
export async function takeTurns(
  contestants: readonly Contestant[],
  refs: readonly string[],
  { rounds, milliseconds }: Pace,
): Promise<readonly Measured[]> {
  const samples = contestants.map(() => [] as number[]);
  for (const { run } of contestants) await cpuOfRequest(run, refs, milliseconds);
  for (let round = 0; round < rounds; round++) {
    for (const [index, { run }] of contestants.entries()) {
      samples[index]?.push(await cpuOfRequest(run, refs, milliseconds));
    }
  }
  const own = samples[0] ?? [];
  return contestants.map(({ name }, index) => {
    const mine = samples[index] ?? [];
    return {
      name,
      cpu: median(mine),
      toOwn: median(mine.map((sample, round) => (own[round] ?? Number.NaN) / sample)),
    };
  });
}

/** Microseconds of CPU of this process for a request. PostgreSQL reads only the data's version. */
async function cpuOfRequest(
  run: (ref: string) => Promise<string>,
  refs: readonly string[],
  milliseconds: number,
): Promise<number> {
  let requests = 0;
  const start = process.cpuUsage();
  const used = () => {
    const { user, system } = process.cpuUsage(start);
    return user + system;
  };
  const send = async () => {
    while (used() < milliseconds * 1_000) await run(refs[requests++ % refs.length] as string);
  };
  await Promise.all(Array.from({ length: concurrency }, send));
  return used() / requests;
}

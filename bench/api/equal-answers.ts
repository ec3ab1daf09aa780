import { isDeepStrictEqual } from "node:util";
import type { Contestant, Question } from "./contestants.ts";
import type { Job, Parameters } from "./jobs.ts";
import type { Json } from "./json.ts";
import type { ServerProcess } from "./server-process.ts";

export type Comparison = {
  readonly compared: number;
  /** The mean number of each of the answers' parts. */
  readonly means: Readonly<Record<string, number>>;
};

/** A contestant with its running server. */
export type Running = { readonly contestant: Contestant; readonly server: ServerProcess };

/** Questions at a time: a server's answers to simultaneous requests are compared too. */
const atATime = 8;

/** Sends every job to every server once, and throws if an answer differs. */
export async function assertEqualAnswers(
  running: readonly Running[],
  job: Job,
  parameters: readonly Parameters[],
): Promise<Comparison> {
  let compared = 0;
  const sums: Record<string, number> = {};
  for (let from = 0; from < parameters.length; from += atATime) {
    await Promise.all(
      parameters.slice(from, from + atATime).map(async (list) => {
        const answers = await Promise.all(
          running.flatMap(({ contestant: { name, ask }, server }) => {
            const question = ask(job);
            if (question === undefined) return [];
            return answerOf(server.port, question, list).then((answer) => ({ name, answer }));
          }),
        );
        compared += compare(job, list, answers);
        const [first] = answers;
        for (const [part, count] of Object.entries(job.parts)) {
          sums[part] = (sums[part] ?? 0) + (first === undefined ? 0 : count(first.answer));
        }
      }),
    );
  }
  const means = Object.fromEntries(
    Object.entries(sums).map(([part, sum]) => [part, sum / parameters.length]),
  );
  return { compared, means };
}

/** Returns the number of answers that were compared with the first. */
function compare(
  job: Job,
  parameters: Parameters,
  [first, ...others]: readonly { readonly name: string; readonly answer: Json }[],
): number {
  for (const other of others) {
    if (first === undefined || isDeepStrictEqual(first.answer, other.answer)) continue;
    const shown = [first, other].map(
      ({ name, answer }) => `${name}: ${JSON.stringify(answer).slice(0, 2000)}`,
    );
    throw new Error(`${job.name} of ${parameters.join(", ")}: the answers differ.\n${shown.join("\n")}`);
  }
  return others.length;
}

async function answerOf(
  port: number,
  { path, bodyOf, shape }: Question,
  parameters: Parameters,
): Promise<Json> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: bodyOf(parameters),
  });
  const text = await response.text();
  const { data, errors } = JSON.parse(text) as { data?: Json; errors?: Json };
  if (!response.ok || errors !== undefined || data === undefined || data === null) {
    throw new Error(`${path}: ${response.status} ${text.slice(0, 1000)}`);
  }
  return shape(data);
}

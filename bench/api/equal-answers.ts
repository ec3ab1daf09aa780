import { isDeepStrictEqual } from "node:util";
import type { Contestant, Question } from "./contestants.ts";
import type { Job, Parameters } from "./jobs.ts";
import type { Json } from "./json.ts";

/** Sends every job to every server once, and throws if an answer differs. Returns the number of compared answers. */
export async function assertEqualAnswers(
  contestants: readonly Contestant[],
  job: Job,
  parameters: readonly Parameters[],
): Promise<number> {
  let compared = 0;
  for (const list of parameters) {
    const answers = await Promise.all(
      contestants.map(async ({ name, server, ask }) => {
        const question = ask(job);
        return question === undefined
          ? undefined
          : { name, answer: await answerOf(server.port, question, list) };
      }),
    );
    const [first, ...others] = answers.filter((answer) => answer !== undefined);
    for (const other of others) {
      compared += 1;
      if (first === undefined || isDeepStrictEqual(first.answer, other.answer)) continue;
      const shown = [first, other].map(
        ({ name, answer }) => `${name}: ${JSON.stringify(answer).slice(0, 2000)}`,
      );
      throw new Error(`${job.name} of ${list.join(", ")}: the answers differ.\n${shown.join("\n")}`);
    }
    if (first !== undefined && isEmpty(first.answer)) {
      throw new Error(
        `${job.name} of ${list.join(", ")}: nothing is found, so that nothing would be measured.`,
      );
    }
  }
  return compared;
}

function isEmpty(answer: Json): boolean {
  return answer === null || (Array.isArray(answer) && answer.length === 0);
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

import type { Context } from "./context.ts";

/** Answers that are kept, for each database: the ones asked for last. */
const mostKept = 64;
const kept = new WeakMap<object, Map<string, Promise<unknown>>>();

/**
 * An answer that is dear and asked for again and again, kept until something changes. The positions are read before
 * it is computed, so what is kept is never older than they say. `name` and `question`, as JSON, say what is asked.
 */
export async function keptAnswer<Answer>(
  name: string,
  question: object,
  { loaders, database }: Pick<Context, "loaders" | "database">,
  compute: () => Promise<Answer>,
): Promise<Answer> {
  const positions = await loaders.total.getMany(["change_position", "graph_position"]);
  const answers = kept.get(database.db) ?? new Map<string, Promise<unknown>>();
  kept.set(database.db, answers);
  const key = JSON.stringify([positions.map(String), name, question]);
  const answer = (answers.get(key) as Promise<Answer> | undefined) ?? compute();
  answers.delete(key);
  answers.set(key, answer);
  const [oldest] = answers.keys();
  if (answers.size > mostKept && oldest !== undefined) answers.delete(oldest);
  answer.catch(() => answers.delete(key));
  return answer;
}

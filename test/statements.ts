import type { Database } from "../src/store/index.ts";

export type Statement = { readonly text: string; readonly values: unknown[] };

/** What goes through the pool meanwhile: Drizzle's queries and everybody's. */
export async function watchStatements(
  { pool }: Database,
  work: () => Promise<unknown>,
): Promise<Statement[]> {
  const statements: Statement[] = [];
  const original = pool.query;
  const watched = (...args: unknown[]): unknown => {
    const [first, values] = args;
    const text = typeof first === "string" ? first : (first as { text: string }).text;
    statements.push({ text, values: Array.isArray(values) ? values : [] });
    return Reflect.apply(original, pool, args);
  };
  pool.query = watched as typeof pool.query;
  try {
    await work();
    return statements;
  } finally {
    pool.query = original;
  }
}

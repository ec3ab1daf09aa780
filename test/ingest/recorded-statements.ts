import type pg from "pg";

export type Statement = { readonly text: string; readonly values: readonly unknown[] };

/** Keeps what every connection of a pool is asked from now on, whoever asks: also what Drizzle and COPY send. */
export function recordStatements(pool: pg.Pool): Statement[] {
  const statements: Statement[] = [];
  const listening = new WeakSet<pg.PoolClient>();
  pool.on("acquire", (client) => {
    if (listening.has(client)) return;
    listening.add(client);
    const query = client.query.bind(client) as (...given: unknown[]) => unknown;
    const recording = (...given: unknown[]) => {
      const [statement, values] = given;
      const { text, values: own } =
        typeof statement === "string"
          ? { text: statement, values: undefined }
          : (statement as pg.QueryConfig);
      // How many tables travel together depends on who was faster.
      for (const command of text.split(/; (?=COPY |SELECT |SET )/)) {
        statements.push({ text: command, values: Array.isArray(values) ? values : (own ?? []) });
      }
      return query(...given);
    };
    client.query = recording as typeof client.query;
  });
  return statements;
}

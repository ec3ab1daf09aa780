import type pg from "pg";

export type Statement = { readonly text: string; readonly values: readonly unknown[] };

/** Records all statements that a pool's connections send from now on, including those of Drizzle and COPY. */
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
      // How many tables are written in one message depends on timing.
      for (const command of text.split(/; (?=COPY |SELECT |SET )/)) {
        statements.push({ text: command, values: Array.isArray(values) ? values : (own ?? []) });
      }
      return query(...given);
    };
    client.query = recording as typeof client.query;
  });
  return statements;
}

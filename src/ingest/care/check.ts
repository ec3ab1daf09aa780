import type pg from "pg";
import type { Database } from "../../store/index.ts";
import { type CareOptions, type DerivedTable, derivedTables, shadowSchema, withShadow } from "./shadow.ts";

/** A row that is not what the log says. */
export type Difference = {
  readonly table: string;
  /** The row's key, as JSON. */
  readonly key: string;
  /** The row as it is, as JSON; null where it is missing. */
  readonly stored: string | null;
  /** As the log has it; null where there should be none. */
  readonly expected: string | null;
};

export type CheckReport = {
  /** How many rows differ, by table; only tables in which some do. */
  readonly counts: ReadonlyMap<string, number>;
  /** The first of them. */
  readonly differences: readonly Difference[];
};

/** Differences that a report spells out, for each table. */
const mostDifferences = 20;

/**
 * Recomputes everything from the log (ids, states, counts, works and their joined identities, edges) and compares it
 * with the tables, row by row. Changes nothing; writers wait meanwhile, readers do not.
 */
export function checkTables(database: Database, options: CareOptions): Promise<CheckReport> {
  return withShadow(database, options, async (client) => {
    const counts = new Map<string, number>();
    const differences: Difference[] = [];
    for (const table of derivedTables) {
      const found = await compare(client, table);
      if (found.count > 0) counts.set(table.name, found.count);
      differences.push(...found.differences);
    }
    return { counts, differences };
  });
}

async function compare(
  client: pg.ClientBase,
  { name, key }: DerivedTable,
): Promise<{ count: number; differences: Difference[] }> {
  const keyOf = (side: string) =>
    `json_build_object(${key.map((k) => `'${k}', ${side}."${k}"`).join(", ")})::text`;
  const on = key.map((k) => `stored."${k}" = expected."${k}"`).join(" AND ");
  const { rows } = await client.query<{
    key: string;
    stored: string | null;
    expected: string | null;
    all: number;
  }>(
    `SELECT coalesce(${keyOf("stored")}, '') AS key, row_to_json(stored)::text AS stored,
            row_to_json(expected)::text AS expected, count(*) OVER ()::int AS "all"
     FROM public."${name}" AS stored FULL JOIN ${shadowSchema}."${name}" AS expected ON ${on}
     WHERE stored IS DISTINCT FROM expected LIMIT ${mostDifferences}`,
  );
  return {
    count: rows[0]?.all ?? 0,
    differences: rows.map(({ key, stored, expected }) => ({
      table: name,
      key: stored === null ? pick(expected, key) : key,
      stored,
      expected,
    })),
  };
}

/** Of a row that is missing the key is only in what is expected. */
function pick(expected: string | null, key: string): string {
  const names = Object.keys(JSON.parse(key) as object);
  const row = JSON.parse(expected ?? "{}") as Record<string, unknown>;
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, row[name]])));
}

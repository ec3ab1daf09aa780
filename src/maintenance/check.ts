import type pg from "pg";
import type { Database } from "../store/index.ts";
import {
  type DerivedTable,
  derivedTables,
  type MaintenanceOptions,
  shadowSchema,
  withShadow,
} from "./shadow.ts";

/** A row that differs from what the log implies. */
export type Difference = {
  readonly table: string;
  /** The row's key, as JSON. */
  readonly key: string;
  /** The row as stored, as JSON; null if it is missing. */
  readonly stored: string | null;
  /** The row that the log implies, as JSON; null if there should be none. */
  readonly expected: string | null;
};

type CheckReport = {
  /** The number of differing rows by table; only tables that have some. */
  readonly counts: ReadonlyMap<string, number>;
  /** The first differences of each table. */
  readonly differences: readonly Difference[];
};

/** The maximum number of differences listed per table. */
const maxDifferences = 20;

/**
 * Recomputes everything from the log (ids, states, counts, works and their joined identities, edges) and compares it
 * with the tables, row by row. Changes nothing. Writers wait until it ends, readers do not.
 */
export function checkTables(database: Database, options: MaintenanceOptions): Promise<CheckReport> {
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
     WHERE stored IS DISTINCT FROM expected LIMIT ${maxDifferences}`,
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

/** If a row is missing, only the expected row has its key. */
function pick(expected: string | null, key: string): string {
  const names = Object.keys(JSON.parse(key) as object);
  const row = JSON.parse(expected ?? "{}") as Record<string, unknown>;
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, row[name]])));
}

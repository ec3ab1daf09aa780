import { type SQL, sql } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import type { Queries } from "../store/index.ts";
import { ApiError } from "./errors.ts";

/** The most rows that are counted for a filter: one or two seconds of work. */
const mostCounted = 1_000_000;

/** The exact number of rows of a table that match a condition. Rejects with QUERY_TOO_COMPLEX above `mostCounted`. */
export async function countRows(db: Queries, table: PgTable, condition: SQL | undefined): Promise<number> {
  const { rows } = await db.execute<{ count: string }>(sql`SELECT ${counted(table, condition)} AS count`);
  return within(Number(rows[0]?.count ?? 0));
}

/**
 * Rows that match `condition` minus those that match `excepted`, a subset, in one snapshot. For anti-joins: counting
 * the rows with a match in another table is faster than finding those without. Rejects as `countRows` does.
 */
export async function countRowsWithout(
  db: Queries,
  table: PgTable,
  condition: SQL | undefined,
  excepted: SQL | undefined,
): Promise<number> {
  const { rows } = await db.execute<{ count: string; excepted: string }>(
    sql`SELECT ${counted(table, condition)} AS count, ${counted(table, excepted)} AS excepted`,
  );
  return within(Number(rows[0]?.count ?? 0)) - Number(rows[0]?.excepted ?? 0);
}

/** One row beyond the limit shows that there are more. */
function counted(table: PgTable, condition: SQL | undefined): SQL {
  const most = sql.raw(String(mostCounted + 1));
  return sql`(SELECT count(*) FROM (SELECT FROM ${table} WHERE ${condition ?? sql`true`} LIMIT ${most}) AS counted)`;
}

function within(count: number): number {
  if (count <= mostCounted) return count;
  throw new ApiError(
    "QUERY_TOO_COMPLEX",
    `More than ${mostCounted.toLocaleString("en-US")} rows would have to be counted for this filter. Use a narrower filter, or omit \`totalCount\`.`,
  );
}

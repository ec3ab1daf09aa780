import { type SQL, sql } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import type { Queries } from "../store/database.ts";
import { ApiError } from "./errors.ts";

/** Rows that a filter may leave to be counted: a second's work or two. */
const mostCounted = 1_000_000;

/**
 * How many rows of a table fit a condition, exactly. No more than `mostCounted` are counted: rejects with
 * QUERY_TOO_COMPLEX beyond.
 */
export async function countRows(db: Queries, table: PgTable, condition: SQL | undefined): Promise<number> {
  const { rows } = await db.execute<{ count: string }>(sql`SELECT ${counted(table, condition)} AS count`);
  return within(Number(rows[0]?.count ?? 0));
}

/**
 * How many rows fit a condition, without those that fit `excepted`, which are some of them: for what is told by another
 * table's having nothing of a row, since what it has is found sooner. At one moment; refused as by `countRows`.
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

/** One more than is counted shows that there are more. */
function counted(table: PgTable, condition: SQL | undefined): SQL {
  const most = sql.raw(String(mostCounted + 1));
  return sql`(SELECT count(*) FROM (SELECT FROM ${table} WHERE ${condition ?? sql`true`} LIMIT ${most}) AS counted)`;
}

function within(count: number): number {
  if (count <= mostCounted) return count;
  throw new ApiError(
    "QUERY_TOO_COMPLEX",
    `More than ${mostCounted.toLocaleString("en-US")} rows would have to be counted for this filter. Narrow it, or leave \`totalCount\` out.`,
  );
}

import { type SQL, sql } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import type { Queries } from "../store/database.ts";
import { ApiError } from "./errors.ts";

/** Rows that a filter may leave to be counted: a second's work or two. */
export const mostCounted = 1_000_000;

/**
 * How many rows of a table fit a condition, exactly. No more than `mostCounted` are counted: rejects with
 * QUERY_TOO_COMPLEX beyond.
 */
export async function countRows(db: Queries, table: PgTable, condition: SQL | undefined): Promise<number> {
  const { rows } = await db.execute<{ count: string }>(
    sql`SELECT count(*) FROM (SELECT FROM ${table} WHERE ${condition ?? sql`true`}
          LIMIT ${sql.raw(String(mostCounted + 1))}) AS counted`,
  );
  const count = Number(rows[0]?.count ?? 0);
  if (count <= mostCounted) return count;
  throw new ApiError(
    "QUERY_TOO_COMPLEX",
    `More than ${mostCounted.toLocaleString("en-US")} rows fit this filter: they are not counted. Narrow it, or leave \`totalCount\` out.`,
  );
}

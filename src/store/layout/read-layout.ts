import type pg from "pg";
import type { Statements } from "../transaction.ts";
import { citus } from "./citus.ts";
import { single } from "./single.ts";
import type { TableLayout } from "./table-layout.ts";

/**
 * Returns a row if the tables are distributed, or are about to be. Without parameters, so it can be sent together with
 * another statement. The row is never deleted: `citus` stays valid once read; `single` reads `citations`, which has all
 * edges in either layout.
 */
const distributedQuery = "SELECT value FROM settings WHERE name = 'distributed'";

/** The layout of the tables, in the snapshot of this connection. */
export async function readLayout(client: Statements): Promise<TableLayout> {
  return layoutOf(await client.query(distributedQuery));
}

/**
 * Sends a statement without parameters and reads the layout in the same message, which saves a round trip. If the
 * isolation level allows it, the second statement sees what was committed while the first one waited.
 */
export async function queryWithLayout<Row extends pg.QueryResultRow>(
  client: Statements,
  text: string,
): Promise<{ readonly rows: Row[]; readonly layout: TableLayout }> {
  const results: unknown = await client.query(`${text}; ${distributedQuery}`);
  const [first, setting] = results as [pg.QueryResult<Row>, pg.QueryResult];
  return { rows: first.rows, layout: layoutOf(setting) };
}

function layoutOf({ rows }: pg.QueryResult): TableLayout {
  return rows.length > 0 ? citus : single;
}

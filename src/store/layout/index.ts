import type pg from "pg";
import type { Statements } from "../transaction.ts";
import { citus } from "./citus.ts";
import { single } from "./single.ts";
import type { TableLayout } from "./table-layout.ts";

export { single } from "./single.ts";
export type { TableLayout } from "./table-layout.ts";

/**
 * Has a row where the tables are distributed, or about to be. Without parameters, so that it may travel with another
 * statement. The row never goes: `citus` holds for good where it was read; `single` reads `citations`, which has all
 * edges in either layout.
 */
const distributedQuery = "SELECT value FROM settings WHERE name = 'distributed'";

/** How the tables lie, in the snapshot of this connection. */
export async function readLayout(client: Statements): Promise<TableLayout> {
  return layoutOf(await client.query(distributedQuery));
}

/**
 * Sends a statement without parameters and reads the layout in the same message, so that no round trip is added. The
 * second statement sees what was committed while the first one waited, where the transaction lets it.
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

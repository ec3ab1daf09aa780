import type pg from "pg";
import type { Database } from "../database.ts";
import { beginWriting, inTransaction, type Statements } from "../transaction.ts";
import { writeLock } from "../write-lock.ts";

/**
 * Has a row where the tables are distributed, or about to be: then citations are kept twice, by who cites and by who is
 * cited. Without parameters, so that it may travel with another statement. The row never goes: who has read it may rely
 * on it; who has not reads `citations`, which is always right.
 */
export const distributedQuery = "SELECT value FROM settings WHERE name = 'distributed'";

/** Whether the tables are distributed, in the snapshot of this connection. */
export async function areTablesDistributed(client: Statements): Promise<boolean> {
  return (await client.query(distributedQuery)).rows.length > 0;
}

/**
 * Sends a statement without parameters and asks, in the same message, whether the tables are distributed: no round trip
 * is added. The second statement sees what was committed while the first one waited, where the transaction lets it.
 */
export async function queryAndDistributed<Row extends pg.QueryResultRow>(
  client: Statements,
  text: string,
): Promise<{ readonly rows: Row[]; readonly areDistributed: boolean }> {
  const results: unknown = await client.query(`${text}; ${distributedQuery}`);
  const [first, setting] = results as [pg.QueryResult<Row>, pg.QueryResult];
  return { rows: first.rows, areDistributed: setting.rows.length > 0 };
}

/**
 * From here on citations are kept twice. In one transaction, under the lock that every writer takes before it reads the
 * setting: no batch can miss it, and there is no moment at which the table is not full and the setting is there. It needs
 * no Citus, and comes before the tables are distributed: whatever fails after it, both tables are right.
 *
 * @returns false where it was so already: then nothing is done.
 */
export async function keepCitationsTwice({ pool }: Pick<Database, "pool">): Promise<boolean> {
  return inTransaction(pool, beginWriting, async (writer) => {
    const lock = `SELECT pg_advisory_xact_lock(${writeLock})`;
    const { areDistributed: isDone } = await queryAndDistributed(writer, lock);
    if (isDone) return false;
    await writer.query("DELETE FROM citations_by_cited");
    await writer.query(
      `INSERT INTO citations_by_cited (cited_work_id, citing_work_id, is_internal_anchor)
       SELECT cited_work_id, citing_work_id, is_internal_anchor FROM citations ORDER BY cited_work_id, citing_work_id`,
    );
    await writer.query("INSERT INTO settings (name, value) VALUES ('distributed', 'yes')");
    return true;
  });
}

import type pg from "pg";

/**
 * Runs work in a transaction of the queue's own. It does not wait for the disk: a server that crashes may forget that
 * a submission was taken up or finished, and then it is done again, which changes nothing. What came into the queue,
 * and what documents say, is committed elsewhere, and durably. It may stay open for as long as another connection works.
 */
export async function inTransaction<Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  try {
    await client.query(
      `BEGIN ISOLATION LEVEL READ COMMITTED;
       SET LOCAL synchronous_commit = off; SET LOCAL idle_in_transaction_session_timeout = 0`,
    );
    const result = await work(client);
    await client.query("COMMIT");
    client.release();
    return result;
  } catch (error) {
    await client.query("ROLLBACK").then(
      () => client.release(),
      () => client.release(true),
    );
    throw error;
  }
}

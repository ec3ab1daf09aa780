import { createHash } from "node:crypto";
import { drizzle } from "drizzle-orm/node-postgres";
import type pg from "pg";
import { type Database, readFeedHead } from "../store/index.ts";

/** Identifies the content of the tables at one moment. */
export type ExportedSet = {
  /**
   * Equal if the tables of this mirror have the same content: made of the positions of its two feeds, and a hash of its
   * stored counts. Only characters that an entity tag allows.
   */
  readonly version: string;
  /** The end of the feed of changes. */
  readonly changePosition: string;
  /** The version of the citation graph: `graphVersion` in GraphQL. */
  readonly graphVersion: string;
  /** The checksum of all states, 64 hex digits: equal on mirrors with the same states. */
  readonly checksum: string;
};

/** A connection that sees the tables as of one moment, and the version of their content. */
export type Snapshot = { readonly client: pg.PoolClient; readonly set: ExportedSet };

/**
 * Calls `use` with one snapshot of the tables: everything it reads is consistent, despite concurrent writes. Writers do
 * not wait. A connection on which something failed, or whose work was interrupted, is discarded.
 */
export async function withSnapshot<Result>(
  { pool }: Pick<Database, "pool">,
  use: (snapshot: Snapshot) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  let isBroken = true;
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    // Millions of rows are sorted by key: half of that would spill to disk otherwise.
    await client.query("SET LOCAL work_mem = '64MB'");
    const result = await use({ client, set: await readSet(client) });
    await client.query("COMMIT");
    isBroken = false;
    return result;
  } finally {
    client.release(isBroken);
  }
}

/** The content that the transaction of this connection sees. */
export async function readSet(client: pg.PoolClient): Promise<ExportedSet> {
  const { rows } = await client.query<{ name: string; value: string }>(
    // Rejected documents are not exported.
    `SELECT name, value FROM totals WHERE name <> 'rejected_documents' ORDER BY name COLLATE "C"`,
  );
  const totals = new Map(rows.map(({ name, value }) => [name, value]));
  const { position, checksum } = await readFeedHead(drizzle(client));
  const counts = createHash("sha256")
    .update(JSON.stringify([...totals, checksum]))
    .digest("hex");
  const graphVersion = totals.get("graph_position") ?? "0";
  return {
    version: `${position}-${graphVersion}-${counts.slice(0, 12)}`,
    changePosition: position.toString(),
    graphVersion,
    checksum,
  };
}

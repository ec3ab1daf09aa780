import type { Database } from "./database.ts";
import {
  citusLayout,
  type Distribution,
  distributions,
  type Group,
  queryWithLayout,
} from "./table-layout.ts";
import { inWriteTransaction } from "./transaction.ts";
import { waitForWriteLock, writeLock } from "./write-lock.ts";

/** This PostgreSQL has no Citus; the message says so. */
export class CitusMissingError extends Error {
  override readonly name = "CitusMissingError";
}

type DistributeOptions = {
  /** Shards of each group of tables, except the graph's, which has `graphShards`. */
  readonly shards: number;
  readonly graphShards: number;
  /** Called once the copies of citations are kept, with whether they were before. */
  readonly onCitationsCopied?: (done: "created" | "existed") => void;
  /** Called for each table once it is distributed, with whether it was before. */
  readonly onTable?: (table: string, done: "distributed" | "was distributed") => void;
};

/**
 * Keeps the copies of citations from now on, then distributes the tables over the servers of a Citus cluster with their rows:
 * one atomic statement per table, while writers wait. Completed steps are skipped, so it may be called again after an
 * error.
 */
export async function distributeTables(database: Database, options: DistributeOptions): Promise<void> {
  const { pool } = database;
  const { rows: available } = await pool.query("SELECT FROM pg_available_extensions WHERE name = 'citus'");
  if (available.length === 0) {
    throw new CitusMissingError(
      "This PostgreSQL server has no Citus. Install it there and on each worker, and add it to shared_preload_libraries.",
    );
  }
  await pool.query("CREATE EXTENSION IF NOT EXISTS citus");
  // First, while all tables usually are still on one server: see `copyCitations`.
  const isNew = await copyCitations(database);
  options.onCitationsCopied?.(isNew ? "created" : "existed");
  const { rows } = await pool.query<{ name: string }>("SELECT table_name::text AS name FROM citus_tables");
  // Names that are keywords are quoted.
  const distributed = new Set(rows.map(({ name }) => name.replaceAll('"', "").replace(/^public\./, "")));
  for (const { table, text, values } of distributeStatements(options)) {
    const isDone = distributed.has(table);
    if (!isDone) await pool.query(text, values);
    options.onTable?.(table, isDone ? "was distributed" : "distributed");
  }
}

type Statement = { readonly table: string; readonly text: string; readonly values: unknown[] };

/** The statements, in order. */
export function distributeStatements({
  shards,
  graphShards,
}: Pick<DistributeOptions, "shards" | "graphShards">): Statement[] {
  const first = new Map<Group, string>();
  const statementOf = (table: string, distribution: Distribution): Statement[] => {
    if (distribution.kind === "local") return [];
    const name = `public."${table}"`;
    if (distribution.kind === "reference") {
      return [{ table, text: "SELECT create_reference_table($1)", values: [name] }];
    }
    const { column, group } = distribution;
    const leader = first.get(group);
    if (leader !== undefined) {
      const text = "SELECT create_distributed_table($1, $2, colocate_with => $3)";
      return [{ table, text, values: [name, column, leader] }];
    }
    first.set(group, name);
    const text = "SELECT create_distributed_table($1, $2, colocate_with => 'none', shard_count => $3)";
    return [{ table, text, values: [name, column, group === "works" ? graphShards : shards] }];
  };
  return Object.entries(distributions).flatMap(([table, distribution]) => statementOf(table, distribution));
}

/**
 * Keeps the copies of citations from now on. It runs in one transaction, under the lock that every writer takes before
 * it reads the setting: no batch can miss the setting, and it is never visible before the copies are complete. This
 * needs no Citus, and comes before the tables are distributed: if a later step fails, the copies are still right.
 *
 * @returns false if they were kept already: then nothing is done.
 */
export async function copyCitations({ pool }: Pick<Database, "pool">): Promise<boolean> {
  return inWriteTransaction(pool, async (writer) => {
    const lock = `SELECT pg_advisory_xact_lock(${writeLock})`;
    const { layout } = await waitForWriteLock(pool, () => queryWithLayout(writer, lock));
    if (layout === citusLayout) return false;
    await writer.query("DELETE FROM citations_by_citing");
    await writer.query("DELETE FROM citations_by_cited");
    await writer.query(
      `INSERT INTO citations_by_citing (citing_work_id, cited_work_id, is_internal_anchor)
       SELECT citing_work_id, cited_work_id, is_internal_anchor FROM citations ORDER BY citing_work_id, cited_work_id`,
    );
    await writer.query(
      `INSERT INTO citations_by_cited (cited_work_id, submitted_at, paper_id, citing_work_id)
       SELECT DISTINCT r.cited_work_id, r.submitted_at, r.paper_id, p.work_id
       FROM "references" r JOIN papers p USING (paper_id) ORDER BY 1, 2, 3`,
    );
    await writer.query(
      `CREATE OR REPLACE VIEW citing_papers AS
       SELECT cited_work_id, submitted_at, paper_id FROM citations_by_cited`,
    );
    await writer.query("INSERT INTO settings (name, value) VALUES ('distributed', 'yes')");
    return true;
  });
}

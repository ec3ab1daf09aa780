import type { Database } from "../../store/index.ts";
import { type ExportedSet, readSet } from "../snapshot.ts";
import { writeAnchorWorks } from "./anchor-works.ts";

/** An arbitrary constant: concurrent refreshes wait for it. */
const refreshLock = 7_484_006;

type RefreshReport = {
  /** The version that the tables now have. */
  readonly set: ExportedSet;
  /** The rows written by table; null if all were of this version already. */
  readonly rows: Readonly<Record<string, number>> | null;
};

/**
 * Computes the stored tables of `analytics` (anchor_rates, field_anchors, anchor_works) from one snapshot, and replaces
 * the old ones in one transaction: readers see the old or the new, with their version in `analytics.refreshed`. Does
 * nothing if they are of this version already.
 */
export async function refreshAnalytics(
  { pool }: Pick<Database, "pool">,
  now: () => Date = () => new Date(),
): Promise<RefreshReport> {
  const client = await pool.connect();
  try {
    await client.query("SELECT pg_advisory_lock($1)", [refreshLock]);
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
    await client.query("SET LOCAL work_mem = '64MB'");
    const set = await readSet(client);
    const kept = await client.query("SELECT FROM analytics.refreshed WHERE version = $1", [set.version]);
    if (kept.rowCount === 1) {
      await client.query("ROLLBACK");
      return { set, rows: null };
    }
    const rows: Record<string, number> = {};
    for (const [name, insert] of Object.entries(inserts)) {
      await client.query(`DELETE FROM analytics.${name}`);
      rows[name] = (await client.query(insert)).rowCount ?? 0;
    }
    rows["anchor_works"] = await writeAnchorWorks(client);
    await client.query("DELETE FROM analytics.refreshed");
    await client.query(
      `INSERT INTO analytics.refreshed (version, change_position, graph_position, checksum, refreshed_at)
       VALUES ($1, $2, $3, $4, $5)`,
      [set.version, set.changePosition, set.graphVersion, set.checksum, now().toISOString()],
    );
    await client.query("COMMIT");
    return { set, rows };
  } finally {
    // The end of the session releases the lock, and rolls back uncommitted work.
    client.release(true);
  }
}

const year = "extract(year FROM p.submitted_at AT TIME ZONE 'UTC')::int";
const category = "coalesce(p.primary_category, 'unknown')";

const inserts = {
  anchor_rates: `WITH counted AS (
      SELECT ${year} AS year, ${category} AS category, count(*)::int AS papers,
        count(internal_anchors_asserted)::int AS asserting, coalesce(sum(references_asserted), 0) AS references_asserted,
        sum(references_known) AS references_known, coalesce(sum(internal_anchors_asserted), 0) AS anchors_asserted,
        sum(internal_anchors_known) AS anchors_known
      FROM papers AS p GROUP BY 1, 2
    ), held AS (
      SELECT ${year} AS year, ${category} AS category, count(*) AS held
      FROM papers AS p JOIN "references" AS r ON r.paper_id = p.paper_id AND r.is_internal_anchor
        JOIN works AS w ON w.work_id = r.cited_work_id AND w.paper_id IS NOT NULL
      GROUP BY 1, 2
    )
    INSERT INTO analytics.anchor_rates
    SELECT year, category, papers, asserting, references_asserted, references_known, anchors_asserted, anchors_known,
      coalesce(held, 0) FROM counted LEFT JOIN held USING (year, category)`,
  field_anchors: `INSERT INTO analytics.field_anchors
    SELECT ${category}, ${year}, w.key, count(DISTINCT p.paper_id)::int
    FROM papers AS p JOIN "references" AS r ON r.paper_id = p.paper_id AND r.is_internal_anchor
      JOIN works AS w ON w.work_id = r.cited_work_id
    GROUP BY 1, 2, 3`,
} as const;

import { asc, gt, sql } from "drizzle-orm";
import { emptyChecksum, setChecksum } from "../row-rules/index.ts";
import type { Queries } from "./database.ts";
import { type Cell, insertRows } from "./rows.ts";
import { changes } from "./tables/index.ts";
import type { QueryClient } from "./transaction.ts";

/** Notified with the last position whenever changes are committed: `LISTEN pith_graph_changes`. */
export const changesChannel = "pith_graph_changes";

/** A paper whose state has changed. Hashes in lower-case hex. */
export type StateChange = {
  readonly paperId: bigint;
  readonly pithNumber: string;
  /** Null for a new paper. */
  readonly before: string | null;
  readonly after: string;
};

/** An entry of the feed. */
export type Change = {
  readonly position: bigint;
  readonly paperId: bigint;
  readonly pithNumber: string;
  readonly stateSha256: string;
  /** Checksum of the set of all states after this change. */
  readonly checksum: string;
};

/** A position in the feed, and the checksum of all states there. */
export type FeedPosition = { readonly position: bigint; readonly checksum: string };

/**
 * The checksum after a change: the sum modulo 2^256 of SHA-256 over `<pith number> <state_sha256>` of each paper. A
 * change that leaves the state the same leaves the checksum the same.
 */
export function checksumAfter(
  checksum: string,
  { pithNumber, before, after }: Omit<StateChange, "paperId">,
): string {
  return setChecksum(checksum, {
    added: [`${pithNumber} ${after}`],
    removed: before === null ? [] : [`${pithNumber} ${before}`],
  });
}

/**
 * Appends changes to the feed, within the transaction that makes them: four statements in total. Positions are assigned
 * under a row lock that is held until the commit, so they follow the order of commits and have no gaps. `now` is an ISO
 * instant.
 */
export async function appendChanges(
  client: QueryClient,
  changed: readonly StateChange[],
  now: string,
): Promise<void> {
  if (changed.length === 0) return;
  const counter = await client.query<{ value: string }>(
    `INSERT INTO totals (name, value) VALUES ('change_position', $1)
     ON CONFLICT (name) DO UPDATE SET value = totals.value + excluded.value RETURNING value`,
    [changed.length],
  );
  const last = BigInt(counter.rows[0]?.value ?? 0);
  const before = last - BigInt(changed.length);
  // A separate statement: it sees what the previous holder of the lock has committed.
  const head = await client.query<{ checksum: string }>(
    "SELECT encode(checksum, 'hex') AS checksum FROM changes WHERE position = $1",
    [before.toString()],
  );
  let checksum = head.rows[0]?.checksum ?? emptyChecksum;
  const rows = changed.map((change, index): Cell[] => {
    checksum = checksumAfter(checksum, change);
    const { paperId, pithNumber, after } = change;
    return [before + BigInt(index) + 1n, paperId, pithNumber, `\\x${after}`, `\\x${checksum}`, now];
  });
  await insertRows(client, "changes", columns, rows);
  // Delivered only if and when the transaction commits.
  await client.query("SELECT pg_notify($1, $2)", [changesChannel, last.toString()]);
}

const columns = ["position", "paper_id", "pith_number", "state_sha256", "checksum", "changed_at"];

/** At most `limit` changes after a position, in order. */
export async function readChanges(db: Queries, after: bigint, limit: number): Promise<Change[]> {
  return db
    .select({
      position: changes.position,
      paperId: changes.paperId,
      pithNumber: changes.pithNumber,
      stateSha256: changes.stateSha256,
      checksum: changes.checksum,
    })
    .from(changes)
    .where(gt(changes.position, after))
    .orderBy(asc(changes.position))
    .limit(limit);
}

/** The end of the feed: position 0 if it is empty. */
export async function readFeedHead(db: Queries): Promise<FeedPosition> {
  const [head] = await db
    .select({ position: changes.position, checksum: changes.checksum })
    .from(changes)
    .orderBy(sql`${changes.position} DESC`)
    .limit(1);
  return head ?? { position: 0n, checksum: emptyChecksum };
}

/** The checksum at a position; null beyond the end of the feed. */
export async function readChecksumAt(db: Queries, position: bigint): Promise<string | null> {
  if (position === 0n) return emptyChecksum;
  const [change] = await db
    .select({ checksum: changes.checksum })
    .from(changes)
    .where(sql`${changes.position} = ${position}`);
  return change?.checksum ?? null;
}

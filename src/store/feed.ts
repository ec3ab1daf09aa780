import { asc, gt, sql } from "drizzle-orm";
import type { Queries } from "./database.ts";
import { type Cell, insertRows } from "./rows.ts";
import { emptyChecksum, setChecksum } from "./set-checksum.ts";
import { changes } from "./tables/index.ts";
import type { Statements } from "./transaction.ts";

/** Told the last position whenever changes are committed: `LISTEN pith_graph_changes`. */
export const changesChannel = "pith_graph_changes";

/** A paper whose state is another than before. Hashes in lower-case hex. */
export type StateChange = {
  readonly paperId: bigint;
  readonly pithNumber: string;
  /** Null for a paper that was not held. */
  readonly before: string | null;
  readonly after: string;
};

/** A line of the feed. */
export type Change = {
  readonly position: bigint;
  readonly paperId: bigint;
  readonly pithNumber: string;
  readonly stateSha256: string;
  /** Of the set of all states once this change is made. */
  readonly checksum: string;
};

/** A position of the feed, and the checksum of all states there. */
export type FeedPosition = { readonly position: bigint; readonly checksum: string };

/**
 * The checksum after a change: the sum modulo 2^256 of SHA-256 over `<pith number> <state_sha256>` of each paper.
 * Pure; a change that leaves the state as it was leaves the checksum as it was.
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
 * Lists changes in the feed, within the transaction that makes them: four statements however many they are.
 * Positions are given under the lock of a row that is kept until the commit, so they follow the order of commits and
 * have no gaps. `now` is an ISO instant.
 */
export async function recordChanges(
  client: Statements,
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
  // A statement of its own: it sees what the holder of the lock before has committed.
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
  // Delivered when the transaction commits, and only then.
  await client.query("SELECT pg_notify($1, $2)", [changesChannel, last.toString()]);
}

const columns = ["position", "paper_id", "pith_number", "state_sha256", "checksum", "changed_at"];

/** The changes after a position, at most `limit`, in their order. */
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

/** The end of the feed: position 0 where nothing has been listed. */
export async function feedHead(db: Queries): Promise<FeedPosition> {
  const [head] = await db
    .select({ position: changes.position, checksum: changes.checksum })
    .from(changes)
    .orderBy(sql`${changes.position} DESC`)
    .limit(1);
  return head ?? { position: 0n, checksum: emptyChecksum };
}

/** The checksum at a position; null where the feed does not reach so far. */
export async function checksumAt(db: Queries, position: bigint): Promise<string | null> {
  if (position === 0n) return emptyChecksum;
  const [change] = await db
    .select({ checksum: changes.checksum })
    .from(changes)
    .where(sql`${changes.position} = ${position}`);
  return change?.checksum ?? null;
}

import type { Database } from "../store/index.ts";

/** How far a mirror was followed, and the mirror's checksum at that position. */
export type Followed = { readonly position: bigint; readonly checksum: string | null };

/** The trust settings with which a mirror was followed. */
type FollowedTrust = {
  /** SHA-256 of the keyring and the minimum proof. */
  readonly trust: string;
  /** Whether something was rejected that another keyring or a lower minimum proof might accept. */
  readonly hasUntrusted: boolean;
};

/** Null for a mirror that was never followed. */
export async function readFollowed(
  { pool }: Database,
  key: string,
): Promise<(Followed & FollowedTrust) | null> {
  const { rows } = await pool.query<{ position: string; checksum: string | null } & FollowedTrust>(
    `SELECT position, encode(checksum, 'hex') AS checksum, encode(trust, 'hex') AS trust,
       has_untrusted AS "hasUntrusted" FROM followed_mirrors WHERE base_url = $1`,
    [key],
  );
  const [row] = rows;
  return row === undefined ? null : { ...row, position: BigInt(row.position) };
}

/** Must be called only after everything before the position is committed. */
export async function storeFollowed(
  { pool }: Database,
  key: string,
  { position, checksum, trust, hasUntrusted }: Followed & FollowedTrust,
): Promise<void> {
  await pool.query(
    `INSERT INTO followed_mirrors (base_url, position, checksum, synced_at, trust, has_untrusted)
     VALUES ($1, $2, decode($3, 'hex'), $4, decode($5, 'hex'), $6)
     ON CONFLICT (base_url) DO UPDATE
     SET position = excluded.position, checksum = excluded.checksum, synced_at = excluded.synced_at,
         trust = excluded.trust, has_untrusted = excluded.has_untrusted`,
    [key, position.toString(), checksum, new Date().toISOString(), trust, hasUntrusted],
  );
}

export async function forgetFollowed({ pool }: Database, key: string): Promise<void> {
  await pool.query("DELETE FROM followed_mirrors WHERE base_url = $1", [key]);
}

/** Records that something was rejected that another keyring might accept; changes nothing else. */
export async function markUntrusted({ pool }: Database, key: string): Promise<void> {
  await pool.query("UPDATE followed_mirrors SET has_untrusted = true WHERE base_url = $1", [key]);
}

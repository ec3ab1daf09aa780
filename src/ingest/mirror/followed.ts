import type { Database } from "../../store/index.ts";

/** How far a mirror was followed; the checksum is its own at that position. */
export type Followed = { readonly position: bigint; readonly checksum: string | null };

/** Null for a mirror that was never followed. */
export async function readFollowed({ pool }: Database, key: string): Promise<Followed | null> {
  const { rows } = await pool.query<{ position: string; checksum: string | null }>(
    "SELECT position, encode(checksum, 'hex') AS checksum FROM followed_mirrors WHERE base_url = $1",
    [key],
  );
  const [row] = rows;
  return row === undefined ? null : { position: BigInt(row.position), checksum: row.checksum };
}

/** To be called once what stands before the position is committed, and not earlier. */
export async function storeFollowed(
  { pool }: Database,
  key: string,
  { position, checksum }: Followed,
): Promise<void> {
  await pool.query(
    `INSERT INTO followed_mirrors (base_url, position, checksum, synced_at)
     VALUES ($1, $2, decode($3, 'hex'), $4)
     ON CONFLICT (base_url) DO UPDATE
     SET position = excluded.position, checksum = excluded.checksum, synced_at = excluded.synced_at`,
    [key, position.toString(), checksum, new Date().toISOString()],
  );
}

export async function forgetFollowed({ pool }: Database, key: string): Promise<void> {
  await pool.query("DELETE FROM followed_mirrors WHERE base_url = $1", [key]);
}

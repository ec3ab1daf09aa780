import type { Database } from "./database.ts";

/** The oldest PostgreSQL that the tables can be made on: with 17 came the collation `pg_c_utf8`. */
export const oldestMajor = 17;

/** The server's PostgreSQL is older than `oldestMajor`. */
export class OldServerError extends Error {
  override readonly name = "OldServerError";

  constructor(version: number) {
    super(
      `PostgreSQL ${versionText(version)} is too old: pith-graph needs PostgreSQL ${oldestMajor} or newer. Name such a server by DATABASE_URL, or leave it out for the embedded one.`,
    );
  }
}

/** As people write it: PostgreSQL counts 180004 for 18.4. */
export function versionText(version: number): string {
  return `${Math.floor(version / 10_000)}.${version % 10_000}`;
}

export function isTooOld(version: number): boolean {
  return version < oldestMajor * 10_000;
}

/** Rejects with `OldServerError`, or with what the connection to the server fails with. */
export async function refuseOldServer({ pool }: Pick<Database, "pool">): Promise<void> {
  const { rows } = await pool.query<{ version: number }>(
    "SELECT current_setting('server_version_num')::int AS version",
  );
  const version = rows[0]?.version ?? 0;
  if (isTooOld(version)) throw new OldServerError(version);
}

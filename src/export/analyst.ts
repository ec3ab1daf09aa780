import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";
import pg from "pg";
import type { Database } from "../store/index.ts";

type AnalystOptions = {
  /** Checked by `isRoleName`. */
  readonly name: string;
  /** Printable ASCII: `isValidPassword`. */
  readonly password: string;
  /** How long a statement may take; a session can override it. */
  readonly statementSeconds: number;
};

/** Names that need no quotes anywhere, and are not PostgreSQL's own. */
export function isRoleName(name: string): boolean {
  return /^[a-z_][a-z0-9_]{0,62}$/.test(name) && !name.startsWith("pg_") && name !== "public";
}

export function isValidPassword(password: string): boolean {
  return /^[\x21-\x7e]{12,200}$/.test(password);
}

/**
 * Creates a role that can only read the views of `analytics`; an existing analyst gets this password and settings.
 * Rejects with RoleInUseError for any other existing role, or PostgreSQL's error without the right to create roles.
 */
export async function grantAnalyst(
  { pool }: Pick<Database, "pool">,
  { name, password, statementSeconds }: AnalystOptions,
): Promise<{ readonly isNew: boolean }> {
  const client = await pool.connect();
  let isBroken = true;
  const role = pg.escapeIdentifier(name);
  try {
    await client.query("BEGIN");
    const { rows } = await client.query<{ is_analyst: boolean }>(
      `SELECT coalesce(shobj_description(oid, 'pg_authid') = $2, false) AND NOT rolsuper AS is_analyst
       FROM pg_roles WHERE rolname = $1`,
      [name, roleComment],
    );
    const [existing] = rows;
    if (existing?.is_analyst === false) {
      throw new RoleInUseError(
        `A role ${name} exists that \`pith-graph analyst\` did not create. Choose another name.`,
      );
    }
    const verifier = pg.escapeLiteral(scramVerifier(password));
    const rights = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION NOBYPASSRLS";
    await client.query(
      `${existing === undefined ? "CREATE" : "ALTER"} ROLE ${role} ${rights} PASSWORD ${verifier}`,
    );
    await client.query(`COMMENT ON ROLE ${role} IS ${pg.escapeLiteral(roleComment)}`);
    await client.query(`ALTER ROLE ${role} SET statement_timeout = '${statementSeconds}s'`);
    await client.query(`ALTER ROLE ${role} SET idle_in_transaction_session_timeout = '10min'`);
    await client.query(`ALTER ROLE ${role} SET default_transaction_read_only = on`);
    await client.query(`ALTER ROLE ${role} SET search_path = analytics`);
    await client.query(`ALTER ROLE ${role} SET timezone = 'UTC'`);
    await client.query(`GRANT USAGE ON SCHEMA analytics TO ${role}`);
    await client.query(`GRANT SELECT ON ALL TABLES IN SCHEMA analytics TO ${role}`);
    // Including views that a later version adds.
    await client.query(`ALTER DEFAULT PRIVILEGES IN SCHEMA analytics GRANT SELECT ON TABLES TO ${role}`);
    await client.query("COMMIT");
    isBroken = false;
    return { isNew: existing === undefined };
  } finally {
    client.release(isBroken);
  }
}

/** Removes a role, with its rights in this database. */
export async function removeAnalyst({ pool }: Pick<Database, "pool">, name: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    "SELECT FROM pg_roles WHERE rolname = $1 AND shobj_description(oid, 'pg_authid') = $2",
    [name, roleComment],
  );
  if (rowCount === 0) return false;
  const role = pg.escapeIdentifier(name);
  await pool.query(`DROP OWNED BY ${role}`);
  await pool.query(`DROP ROLE ${role}`);
  return true;
}

const roleComment = "reads the schema analytics: made by pith-graph analyst";

/** The name belongs to another role. */
class RoleInUseError extends Error {
  override readonly name = "RoleInUseError";
}

/** PostgreSQL's own default. */
const defaultIterations = 4096;

/**
 * A password in PostgreSQL's stored form for SCRAM-SHA-256 (RFC 5802 and 7677): sent instead of the password itself,
 * which so appears in no log. The password is printable ASCII, which SASLprep does not change.
 */
export function scramVerifier(
  password: string,
  salt: Buffer = randomBytes(16),
  iterations: number = defaultIterations,
): string {
  const salted = pbkdf2Sync(password, salt, iterations, 32, "sha256");
  const clientKey = createHmac("sha256", salted).update("Client Key").digest();
  const storedKey = createHash("sha256").update(clientKey).digest("base64");
  const serverKey = createHmac("sha256", salted).update("Server Key").digest("base64");
  return `SCRAM-SHA-256$${iterations}:${salt.toString("base64")}$${storedKey}:${serverKey}`;
}

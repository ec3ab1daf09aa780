import { type Database, openDatabase } from "../database.ts";
import { isServerFault } from "../server-fault.ts";

/**
 * A place in the write-ahead log of a PostgreSQL cluster (an LSN), in bytes: all that was committed before it is visible
 * to who has come so far.
 */
export type Position = bigint;

/** Reads a position as PostgreSQL writes it, like `16/B374D848`; null for any other text. */
export function parsePosition(text: string): Position | null {
  const [, high, low] = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i.exec(text) ?? [];
  if (high === undefined || low === undefined) return null;
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}

export function positionText(position: Position): string {
  const low = position & 0xffff_ffffn;
  return `${(position >> 32n).toString(16)}/${low.toString(16)}`.toUpperCase();
}

/**
 * SQLSTATEs of a statement that this replica cannot answer now and the primary can: it was in the way of what is
 * replayed, or a migration has not been replayed yet.
 */
const onlyHereStates = /^(?:40001|40P01|42P01|42703|42883)$/;

/** Whether the primary may answer what a replica has answered with this error. */
export function mayAnswerElsewhere(error: unknown): boolean {
  if (isServerFault(error)) return true;
  return error instanceof Error && onlyHereStates.test(String((error as { code?: unknown }).code ?? ""));
}

/** A server that queries are answered from: the primary, or a replica while it is in use. */
export type ReadServer = {
  /** Never given to another: what is kept of its answers is kept under it. */
  readonly name: string;
  readonly isReplica: boolean;
  readonly database: Database;
  /**
   * Names which data a statement sees that begins later, or newer: of two statements at one version, with its text in
   * the column `snapshot`. To be asked over `versions`.
   */
  readonly versionStatement: { readonly name: string; readonly text: string };
  /** One connection of its own: it is there also while queries wait for theirs. */
  readonly versions: Pick<Database, "pool">;
  /** How far it has come. All that it has answered until now was committed before. */
  position(): Promise<Position>;
  close(): Promise<void>;
};

/** Asking for a version takes a tenth of a millisecond; a server that takes so long answers nothing else. */
const versionMilliseconds = 5_000;

export function openVersions(connection: Database["connection"]): Database {
  return openDatabase({ connection, maximumConnections: 1, statementMilliseconds: versionMilliseconds });
}

/** On a primary the snapshot says all: which transactions are over, and which are under way. */
export const primaryVersion = {
  name: "api_data_version",
  text: "SELECT pg_current_snapshot()::text AS snapshot",
};

/** The primary, over connections that stay the caller's; only those that are opened here are closed. */
export function primaryServer(database: Database): ReadServer {
  const versions = openVersions(database.connection);
  return {
    name: "primary",
    isReplica: false,
    database,
    versionStatement: primaryVersion,
    versions,
    // Where the next record will stand: also what was committed without waiting for the disk is before it.
    position: () => readPosition(versions, "SELECT pg_current_wal_insert_lsn()::text AS position"),
    close: () => versions.close(),
  };
}

export async function readPosition({ pool }: Pick<Database, "pool">, text: string): Promise<Position> {
  const { rows } = await pool.query<{ position: string | null }>(text);
  const position = parsePosition(rows[0]?.position ?? "");
  if (position === null) throw new Error("PostgreSQL tells no position of its log.");
  return position;
}

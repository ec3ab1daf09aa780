import { type Database, openDatabase } from "./database.ts";

/**
 * A position in the write-ahead log of a PostgreSQL cluster (an LSN), in bytes. A server that has reached it shows
 * everything that was committed before it.
 */
export type WalPosition = bigint;

/** Parses a position as PostgreSQL writes it, such as `16/B374D848`; null for any other text. */
export function parseWalPosition(text: string): WalPosition | null {
  const [, high, low] = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i.exec(text) ?? [];
  if (high === undefined || low === undefined) return null;
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}

export function formatWalPosition(position: WalPosition): string {
  const low = position & 0xffff_ffffn;
  return `${(position >> 32n).toString(16)}/${low.toString(16)}`.toUpperCase();
}

/** A server that answers queries: the primary, or a replica while it is in use. */
export type ReadServer = {
  /** Never reused for another server: caches of its answers are keyed by it. */
  readonly name: string;
  readonly isReplica: boolean;
  readonly database: Database;
  /**
   * Reads the version of the data: a statement that starts later sees this data or newer. The text is in the column
   * `snapshot`, and the position of the graph's feed in `graph_position`. Send it over `versionDatabase`.
   */
  readonly versionStatement: { readonly name: string; readonly text: string };
  /** A separate connection, so that it is available while queries wait for theirs. */
  readonly versionDatabase: Pick<Database, "pool">;
  /** Its current position. Everything that it has answered so far was committed before. */
  position(): Promise<WalPosition>;
  close(): Promise<void>;
};

/** Reading a version takes about 0.1 ms; a server that takes this long answers nothing else either. */
const versionMilliseconds = 5_000;

export function openVersionDatabase(connection: Database["connection"]): Database {
  return openDatabase({ connection, maxConnections: 1, statementMilliseconds: versionMilliseconds });
}

export const graphPositionOfVersion =
  "(SELECT value::text FROM totals WHERE name = 'graph_position') AS graph_position";

/** On a primary the snapshot is sufficient: it says which transactions have ended and which are running. */
export const primaryVersion = {
  name: "api_data_version",
  text: `SELECT pg_current_snapshot()::text AS snapshot, ${graphPositionOfVersion}`,
};

/** The primary, over the caller's connections; `close` only closes those that are opened here. */
export function primaryServer(database: Database): ReadServer {
  const versionDatabase = openVersionDatabase(database.connection);
  return {
    name: "primary",
    isReplica: false,
    database,
    versionStatement: primaryVersion,
    versionDatabase,
    // The position of the next record: it covers commits that did not wait for the disk.
    position: () => readWalPosition(versionDatabase, "SELECT pg_current_wal_insert_lsn()::text AS position"),
    close: () => versionDatabase.close(),
  };
}

export async function readWalPosition({ pool }: Pick<Database, "pool">, text: string): Promise<WalPosition> {
  const { rows } = await pool.query<{ position: string | null }>(text);
  const position = parseWalPosition(rows[0]?.position ?? "");
  if (position === null) throw new Error("PostgreSQL reports no position in its log.");
  return position;
}

import pg from "pg";
import type { Database } from "../database.ts";
import { type Position, parsePosition } from "./position.ts";

/** What a server says of itself. */
export type Probed = {
  readonly isStandby: boolean;
  /** What a standby has replayed; what is on the disk of a primary, as far as a standby can have it. */
  readonly position: Position;
  /** Of the cluster: a standby has its primary's. */
  readonly systemIdentifier: string;
};

/** A server that takes longer to tell its position is taken for gone. */
const probeMilliseconds = 2_000;

const probe = `SELECT pg_is_in_recovery() AS is_standby,
  CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END::text AS position,
  (SELECT system_identifier::text FROM pg_control_system()) AS system_identifier`;

/** Asks one server how far it is, over a connection that is kept for it: its end tells at once that the server is gone. */
export class ServerProbe {
  readonly #connection: Database["connection"];
  readonly #onLost: (error: Error) => void;
  #client: pg.Client | null = null;

  constructor(connection: Database["connection"], onLost: (error: Error) => void) {
    this.#connection = connection;
    this.#onLost = onLost;
  }

  /** Rejects where the server does not answer in time. */
  async ask(): Promise<Probed> {
    try {
      this.#client ??= await this.#connect();
      const { rows } = await this.#client.query<{
        is_standby: boolean;
        position: string | null;
        system_identifier: string;
      }>(probe);
      const position = parsePosition(rows[0]?.position ?? "");
      if (rows[0] === undefined || position === null) throw new Error("it tells no position of its log");
      return {
        isStandby: rows[0].is_standby,
        position,
        systemIdentifier: rows[0].system_identifier,
      };
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    const client = this.#client;
    this.#client = null;
    client?.end().catch(() => {});
  }

  async #connect(): Promise<pg.Client> {
    const connection = this.#connection;
    const client = new pg.Client({
      ...(typeof connection === "string" ? { connectionString: connection } : connection),
      application_name: "pith-graph probe",
      connectionTimeoutMillis: probeMilliseconds,
      query_timeout: probeMilliseconds,
    });
    client.on("error", (error) => {
      // Of one that was given up nobody wants to know.
      if (this.#client !== client) return;
      this.#client = null;
      this.#onLost(error);
    });
    await client.connect();
    return client;
  }
}

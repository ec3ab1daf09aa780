import pg from "pg";
import { type Database, openDatabase } from "./database.ts";
import {
  graphPositionOfVersion,
  openVersionDatabase,
  parseWalPosition,
  type ReadServer,
  readWalPosition,
  type WalPosition,
} from "./read-server.ts";
import { isAnsweredByPrimary, isServerFault } from "./server-fault.ts";

/** The answer of a server to a probe. */
export type ServerState = {
  readonly isStandby: boolean;
  /** A standby's replayed position; of a primary the position flushed to disk, as far as a standby can have it. */
  readonly position: WalPosition;
  /** Identifies the cluster: a standby has its primary's identifier. */
  readonly systemIdentifier: string;
};

/** A server that takes longer to report its position counts as gone. */
const probeMilliseconds = 2_000;

const probe = `SELECT pg_is_in_recovery() AS is_standby,
  CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END::text AS position,
  (SELECT system_identifier::text FROM pg_control_system()) AS system_identifier`;

/** Probes one server over a dedicated connection, whose end also reports at once that the server is gone. */
export class ServerProbe {
  readonly #connection: Database["connection"];
  readonly #onLost: (error: Error) => void;
  #client: pg.Client | null = null;

  constructor(connection: Database["connection"], onLost: (error: Error) => void) {
    this.#connection = connection;
    this.#onLost = onLost;
  }

  /** Rejects if the server does not answer in time. */
  async run(): Promise<ServerState> {
    try {
      this.#client ??= await this.#connect();
      const { rows } = await this.#client.query<{
        is_standby: boolean;
        position: string | null;
        system_identifier: string;
      }>(probe);
      const position = parseWalPosition(rows[0]?.position ?? "");
      if (rows[0] === undefined || position === null) throw new Error("it reports no position in its log");
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
      // Errors of a discarded client do not matter.
      if (this.#client !== client) return;
      this.#client = null;
      this.#onLost(error);
    });
    await client.connect();
    return client;
  }
}

type ReplicaSession = ReadServer & {
  /** Ends the session for good after a failure: the primary answers running and later statements. */
  end(): void;
};

type SessionOptions = {
  readonly name: string;
  readonly connection: Database["connection"];
  readonly primary: Database;
  readonly statementMilliseconds: number | undefined;
  /** Called on a fault of the server; `end` must follow. */
  readonly onFault: (error: Error) => void;
};

type Query = (...args: unknown[]) => Promise<unknown>;

const sessionEnded = Symbol("left out");

/**
 * A replica from being taken into use until it fails. Its statements only read, so one that is lost with the server is
 * sent again, to the primary, whose data is never older. A replica that comes back gets a new session, since it may
 * have gone back in time.
 */
function openReplicaSession(options: SessionOptions): ReplicaSession {
  const { name, connection, primary, statementMilliseconds, onFault } = options;
  const database = openDatabase({
    connection,
    ...(statementMilliseconds === undefined ? {} : { statementMilliseconds }),
  });
  const versionDatabase = openVersionDatabase(connection);
  const { pool } = database;
  const clients = clientsOf([pool, versionDatabase.pool]);
  const waiting = new Set<() => void>();
  let isOver = false;

  const queryReplica = pool.query.bind(pool) as unknown as Query;
  const query: Query = async (...args) => {
    const queryPrimary = primary.pool.query as unknown as Query;
    if (isOver) return queryPrimary.apply(primary.pool, args);
    let abandon: () => void = () => {};
    const ended = new Promise<typeof sessionEnded>((resolve) => {
      abandon = () => resolve(sessionEnded);
    });
    waiting.add(abandon);
    try {
      const result = await Promise.race([queryReplica(...args), ended]);
      if (result !== sessionEnded) return result;
    } catch (error) {
      if (!isAnsweredByPrimary(error)) throw error;
      if (isServerFault(error)) onFault(error as Error);
    } finally {
      waiting.delete(abandon);
    }
    return queryPrimary.apply(primary.pool, args);
  };
  const connect = pool.connect.bind(pool) as (...args: unknown[]) => unknown;
  pool.query = query as unknown as typeof pool.query;
  // A pool connects with a callback for its own statements; only calls without one come from others.
  pool.connect = ((...args: unknown[]) =>
    isOver && args.length === 0 ? primary.pool.connect() : connect(...args)) as typeof pool.connect;

  const end = () => {
    if (isOver) return;
    isOver = true;
    for (const abandon of waiting) abandon();
    // A statement that a silent server never answers would hold its connection for ever.
    for (const client of clients) client.end().catch(() => {});
    for (const each of [pool, versionDatabase.pool]) each.end().catch(() => {});
  };
  return {
    name,
    isReplica: true,
    database,
    versionStatement: {
      name: "api_replica_version",
      // A standby's snapshot does not name the running transactions, so snapshots of different data can have the same
      // text. The replayed position tells those apart, and the snapshot what changes between two positions.
      text: `SELECT '${name} ' || pg_last_wal_replay_lsn() || ' ' || pg_current_snapshot() AS snapshot, ${graphPositionOfVersion}`,
    },
    versionDatabase,
    position: () => readWalPosition(versionDatabase, "SELECT pg_last_wal_replay_lsn()::text AS position"),
    end,
    close: async () => {
      if (isOver) return;
      isOver = true;
      await Promise.all([pool.end(), versionDatabase.close()]);
    },
  };
}

/** All connections of the pools, in use or idle. */
function clientsOf(pools: readonly pg.Pool[]): Set<pg.PoolClient> {
  const clients = new Set<pg.PoolClient>();
  for (const pool of pools) {
    pool.on("connect", (client) => clients.add(client));
    pool.on("remove", (client) => clients.delete(client));
  }
  return clients;
}

export type ReplicaStatus = {
  /** From 1, in the configured order. */
  readonly number: number;
  readonly isUsed: boolean;
  /** Why the replica is not used; null if it is. */
  readonly reason: string | null;
};

type ReplicaOptions = {
  readonly number: number;
  readonly connection: Database["connection"];
  readonly primary: Database;
  readonly statementMilliseconds: number | undefined;
  readonly onChange: ((status: ReplicaStatus) => void) | undefined;
};

/** A configured replica: whether it may be used, and its current session. */
export class Replica {
  /** The replayed position at the last probe. */
  position: WalPosition = 0n;
  readonly #options: ReplicaOptions;
  readonly #probe: ServerProbe;
  #session: ReplicaSession | null = null;
  #sessions = 0;
  #reason: string | null = "it has not been checked yet";

  constructor(options: ReplicaOptions) {
    this.#options = options;
    this.#probe = new ServerProbe(options.connection, (error) => this.#fail(error));
  }

  /** Null while the replica is not in use. */
  get session(): ReadServer | null {
    return this.#reason === null ? this.#session : null;
  }

  status(): ReplicaStatus {
    return { number: this.#options.number, isUsed: this.#reason === null, reason: this.#reason };
  }

  /** Probes the replica and decides whether it may be used: `reasonAgainst` returns why not. */
  async probe(reasonAgainst: (state: ServerState) => string | null): Promise<void> {
    try {
      const state = await this.#probe.run();
      this.position = state.position;
      const reason = reasonAgainst(state);
      if (reason === null) this.#session ??= this.#open();
      this.#setReason(reason);
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  /** Queries whether the replica has reached a position. */
  async hasReached(position: WalPosition): Promise<boolean> {
    const session = this.#session;
    if (session === null) return false;
    try {
      const reached = await session.position();
      // It may have failed and come back since.
      if (session === this.#session && reached > this.position) this.position = reached;
      return reached >= position;
    } catch (error) {
      if (session === this.#session) this.#fail(error as Error);
      return false;
    }
  }

  async close(): Promise<void> {
    this.#probe.close();
    await this.#session?.close();
  }

  #open(): ReplicaSession {
    const { number, connection, primary, statementMilliseconds } = this.#options;
    const session = openReplicaSession({
      name: `replica ${number}.${++this.#sessions}`,
      connection,
      primary,
      statementMilliseconds,
      onFault: (error) => {
        if (this.#session === session) this.#fail(error);
      },
    });
    return session;
  }

  #fail(error: Error): void {
    const session = this.#session;
    this.#session = null;
    this.#probe.close();
    this.#setReason(`it does not answer: ${error.message}`);
    session?.end();
  }

  #setReason(reason: string | null): void {
    if (reason === this.#reason) return;
    this.#reason = reason;
    this.#options.onChange?.(this.status());
  }
}

import type pg from "pg";
import { type Database, openDatabase } from "../database.ts";
import { isServerFault } from "../server-fault.ts";
import { mayAnswerElsewhere } from "./answers-elsewhere.ts";
import { openVersions, type ReadServer, readPosition } from "./read-server.ts";

export type ReplicaSession = ReadServer & {
  /** The replica has failed: what runs on it, and all that comes, is answered by the primary. For good. */
  end(): void;
};

export type SessionOptions = {
  readonly name: string;
  readonly connection: Database["connection"];
  readonly primary: Database;
  readonly statementMilliseconds: number | undefined;
  /** Told of a fault of the server; `end` is to follow. */
  readonly onFault: (error: Error) => void;
};

type Query = (...args: unknown[]) => Promise<unknown>;

const leftOut = Symbol("left out");

/**
 * A replica from when it is taken into use until it fails. Its statements only read, so one that is lost with the
 * server is sent again, to the primary: what came before it was older, never newer. A replica that comes back is
 * another session, since it may have gone back in time.
 */
export function openReplicaSession(options: SessionOptions): ReplicaSession {
  const { name, connection, primary, statementMilliseconds, onFault } = options;
  const database = openDatabase({
    connection,
    ...(statementMilliseconds === undefined ? {} : { statementMilliseconds }),
  });
  const versions = openVersions(connection);
  const { pool } = database;
  const clients = clientsOf([pool, versions.pool]);
  const waiting = new Set<() => void>();
  let isOver = false;

  const queryReplica = pool.query.bind(pool) as unknown as Query;
  const query: Query = async (...args) => {
    const queryPrimary = primary.pool.query as unknown as Query;
    if (isOver) return queryPrimary.apply(primary.pool, args);
    let give: () => void = () => {};
    const over = new Promise<typeof leftOut>((resolve) => {
      give = () => resolve(leftOut);
    });
    waiting.add(give);
    try {
      const result = await Promise.race([queryReplica(...args), over]);
      if (result !== leftOut) return result;
    } catch (error) {
      if (!mayAnswerElsewhere(error)) throw error;
      if (isServerFault(error)) onFault(error as Error);
    } finally {
      waiting.delete(give);
    }
    return queryPrimary.apply(primary.pool, args);
  };
  const connect = pool.connect.bind(pool) as (...args: unknown[]) => unknown;
  pool.query = query as unknown as typeof pool.query;
  // A pool connects for its own statements with a callback: those are no one else's.
  pool.connect = ((...args: unknown[]) =>
    isOver && args.length === 0 ? primary.pool.connect() : connect(...args)) as typeof pool.connect;

  const end = () => {
    if (isOver) return;
    isOver = true;
    for (const give of waiting) give();
    // A statement that a silent server never answers would hold its connection for ever.
    for (const client of clients) client.end().catch(() => {});
    for (const each of [pool, versions.pool]) each.end().catch(() => {});
  };
  return {
    name,
    isReplica: true,
    database,
    versionStatement: {
      name: "api_replica_version",
      // A standby's snapshot does not name the transactions that are under way, so that two of different data can be
      // the same text. What has been replayed tells them apart, and the snapshot what is between two looks at it.
      text: `SELECT '${name} ' || pg_last_wal_replay_lsn() || ' ' || pg_current_snapshot() AS snapshot`,
    },
    versions,
    position: () => readPosition(versions, "SELECT pg_last_wal_replay_lsn()::text AS position"),
    end,
    close: async () => {
      if (isOver) return;
      isOver = true;
      await Promise.all([pool.end(), versions.close()]);
    },
  };
}

/** The connections of pools, those in use and the others. */
function clientsOf(pools: readonly pg.Pool[]): Set<pg.PoolClient> {
  const clients = new Set<pg.PoolClient>();
  for (const pool of pools) {
    pool.on("connect", (client) => clients.add(client));
    pool.on("remove", (client) => clients.delete(client));
  }
  return clients;
}

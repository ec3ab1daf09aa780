import { execFileSync } from "node:child_process";
import { appendFile, chown, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { acquireEmbeddedServer, type EmbeddedServer } from "../../src/embedded-postgres/index.ts";
import { Folders } from "../store/embedded-support/folders.ts";
import { recordedServer } from "../store/embedded-support/processes.ts";

/** A primary and its streaming replicas, each a separate PostgreSQL server. */
export type Cluster = {
  readonly primary: EmbeddedServer;
  readonly standbys: readonly Standby[];
  close(): Promise<void>;
};

export type Standby = {
  readonly connection: EmbeddedServer["connection"];
  /** Runs a statement on a separate connection. */
  query<Row extends pg.QueryResultRow>(text: string): Promise<Row[]>;
  /** Stops replay until `resume`. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** The processes of the server and its sessions. */
  processes(): Promise<number[]>;
};

/** Durability is not needed: the servers are removed after the test. */
const fast = ["fsync", "synchronous_commit", "full_page_writes"].map(
  (name) => `ALTER SYSTEM SET ${name} = off`,
);

/** Starts the primary on a copy of `prepared`, if given; `prepare` fills it before it is copied. */
export async function startCluster(
  count: number,
  prepared: string | null,
  prepare: (primary: EmbeddedServer) => Promise<void>,
): Promise<Cluster> {
  const folders = new Folders();
  const data = await folders.copyOf(prepared);
  const first = await acquireEmbeddedServer({ dataDirectory: data });
  await administer(first.connection, [
    ...fast,
    "ALTER SYSTEM SET wal_level = replica",
    "ALTER SYSTEM SET max_wal_senders = 10",
    // Small, so that five servers fit into a container.
    "ALTER SYSTEM SET shared_buffers = '32MB'",
  ]);
  await first.release();
  const primary = await acquireEmbeddedServer({ dataDirectory: data });
  await prepare(primary);
  const standbys: (Standby & { release(): Promise<void> })[] = [];
  for (let number = 1; number <= count; number++) {
    standbys.push(await startStandby(folders, primary, number));
  }
  return {
    primary,
    standbys,
    close: async () => {
      for (const standby of standbys) await standby.release();
      await primary.release();
      await folders.removeAll();
    },
  };
}

/** Starts a standby on a base backup of the running primary, as PostgreSQL's manual describes. */
async function startStandby(folders: Folders, primary: EmbeddedServer, number: number) {
  const data = await folders.data();
  const { host, port, user } = primary.connection;
  const client = new pg.Client(primary.connection);
  await client.connect();
  await client.query("SELECT pg_backup_start('standby', true)");
  execFileSync("cp", ["-a", primary.dataDirectory, data]);
  const { rows } = await client.query<{ labelfile: string }>("SELECT labelfile FROM pg_backup_stop(false)");
  await client.end();
  const cluster = join(data, "cluster");
  for (const file of ["postmaster.pid", `.s.PGSQL.${port}`, `.s.PGSQL.${port}.lock`]) {
    await rm(join(cluster, file), { force: true });
  }
  const { uid, gid } = await stat(join(cluster, "PG_VERSION"));
  for (const [file, text] of [
    ["backup_label", rows[0]?.labelfile ?? ""],
    ["standby.signal", ""],
  ] as const) {
    await writeFile(join(cluster, file), text);
    await chown(join(cluster, file), uid, gid);
  }
  await appendFile(
    join(cluster, "postgresql.auto.conf"),
    `\nprimary_conninfo = 'host=${host} port=${port} user=${user} application_name=standby_${number}'\n` +
      "wal_retrieve_retry_interval = '100ms'\n",
  );
  // The test uses it like a command, so that it is restarted when killed.
  const server = await acquireEmbeddedServer({ dataDirectory: data });
  const query = async <Row extends pg.QueryResultRow>(text: string) => {
    const own = new pg.Client({ ...server.connection, application_name: "the test" });
    await own.connect();
    try {
      return (await own.query<Row>(text)).rows;
    } finally {
      await own.end();
    }
  };
  return {
    connection: server.connection,
    query,
    pause: async () => {
      await query("SELECT pg_wal_replay_pause()");
    },
    resume: async () => {
      await query("SELECT pg_wal_replay_resume()");
    },
    processes: async () => {
      const rows = await query<{ pid: number }>("SELECT pid FROM pg_stat_activity");
      return [recordedServer(data), ...rows.map(({ pid }) => pid)];
    },
    release: () => server.release(),
  };
}

async function administer(connection: EmbeddedServer["connection"], statements: readonly string[]) {
  const client = new pg.Client(connection);
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

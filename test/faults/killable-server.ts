import { readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { acquireEmbeddedServer, type EmbeddedServer } from "../../src/embedded-postgres/index.ts";
import { changesChannel } from "../../src/store/feed.ts";
import { type Database, migrateDatabase, openDatabase } from "../../src/store/index.ts";
import { finishedChannel } from "../../src/submissions/index.ts";
import { Folders } from "../store/embedded-support/folders.ts";
import { recordedServer } from "../store/embedded-support/processes.ts";

/** The server's activity at a moment. */
export type Moment = {
  /** Its processes: sessions and background workers. */
  readonly processes: readonly number[];
  /** The number of uncommitted transactions that have written something. */
  readonly openTransactions: number;
};

/**
 * An embedded server that a test kills. The test uses it like each command does, and the first of these processes to
 * notice the kill restarts it.
 */
export class KillableServer {
  readonly #folders: Folders;
  readonly #server: EmbeddedServer;
  readonly #reconnections: Reconnections;
  #follower: pg.Client | undefined;
  readonly #wake = new Set<() => void>();

  readonly dataDirectory: string;
  readonly database: Database;
  /** The number of kills. */
  kills = 0;
  /** The last position of the feed that was announced to listeners. */
  announced = 0;
  /** The number of announcements, one for each commit. */
  commits = 0;

  private constructor(folders: Folders, server: EmbeddedServer, reconnections: Reconnections) {
    this.#folders = folders;
    this.#server = server;
    this.#reconnections = reconnections;
    this.dataDirectory = server.dataDirectory;
    this.database = openDatabase({ connection: server.connection });
  }

  /** `prepared` is a data directory to copy, or null. */
  static async start(prepared: string | null): Promise<KillableServer> {
    const folders = new Folders();
    const reconnections = new Reconnections();
    const log = (line: string) => reconnections.onLogLine(line);
    const acquired = await acquireEmbeddedServer({ dataDirectory: await folders.copyOf(prepared), log });
    const server = new KillableServer(folders, acquired, reconnections);
    await migrateDatabase(server.database);
    await server.#follow();
    return server;
  }

  async #follow(): Promise<void> {
    const client = new pg.Client(this.#server.connection);
    // A kill breaks the connection.
    client.on("error", () => {});
    client.on("notification", ({ channel, payload }) => {
      if (channel === changesChannel) {
        this.announced = Math.max(this.announced, Number(payload));
        this.commits++;
      }
      this.wake();
    });
    await client.connect();
    await client.query(`LISTEN ${changesChannel}; LISTEN ${finishedChannel}`);
    this.#follower = client;
  }

  /** Ends `nextNotice`, for example because the writing process has ended. */
  wake(): void {
    for (const resolve of this.#wake) resolve();
    this.#wake.clear();
  }

  /** Resolves when changes or finished submissions are announced, or on `wake`. */
  async nextNotice(): Promise<void> {
    await new Promise<void>((resolve) => this.#wake.add(resolve));
  }

  async look(): Promise<Moment> {
    const { rows } = await this.database.pool.query<{ pid: number; is_open: boolean }>(
      `SELECT pid, coalesce(datname = current_database() AND backend_xid IS NOT NULL, false) AS is_open
       FROM pg_stat_activity`,
    );
    return {
      processes: rows.map(({ pid }) => pid),
      openTransactions: rows.filter(({ is_open }) => is_open).length,
    };
  }

  /** Kills the server with all its processes, and resolves once it has restarted and recovered. */
  async kill({ processes }: Moment): Promise<void> {
    const killed = recordedServer(this.dataDirectory);
    const isBack = this.#reconnections.next();
    const ended = new Promise<void>((resolve) => this.#follower?.once("end", () => resolve()));
    // Throws if there is no such process, so that a fault that does not happen fails the test.
    process.kill(killed, "SIGKILL");
    for (const pid of processes) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // A session that has just ended.
      }
    }
    this.kills++;
    await ended;
    await isBack;
    if (recordedServer(this.dataDirectory) === killed) throw new Error("The server was not killed.");
    await this.#follow();
  }

  /** The number of recoveries after a kill, from the server's log. */
  recoveries(): number {
    const log = readFileSync(join(this.dataDirectory, "server.log"), "utf8");
    return log.split("database system was not properly shut down; automatic recovery in progress").length - 1;
  }

  async close(): Promise<void> {
    await this.#follower?.end();
    await this.database.close();
    await this.#server.release();
    await this.#folders.removeAll();
  }
}

/** Resolves `next` each time the log reports that the lost server was found again. */
class Reconnections {
  readonly #waiting: (() => void)[] = [];

  onLogLine(line: string): void {
    if (line === "reconnected to the embedded PostgreSQL server") this.#waiting.shift()?.();
  }

  next(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { finishedChannel } from "../../src/ingest/submissions/index.ts";
import { acquireEmbeddedServer, type EmbeddedServer } from "../../src/store/embedded/index.ts";
import { changesChannel } from "../../src/store/feed.ts";
import { type Database, migrateDatabase, openDatabase } from "../../src/store/index.ts";
import { Folders } from "../store/embedded-support/folders.ts";
import { recordedServer } from "../store/embedded-support/processes.ts";

/** What goes on in the server at a moment. */
export type Moment = {
  /** The processes of all its sessions and of its own work. */
  readonly processes: readonly number[];
  /** Transactions that have written something and are not committed. */
  readonly openTransactions: number;
};

/**
 * An embedded server of a test's own, to be killed and to come back. The test is a member of it, as each command is,
 * so whoever of them notices first starts it again.
 */
export class KillableServer {
  readonly #folders: Folders;
  readonly #server: EmbeddedServer;
  readonly #comebacks: Comebacks;
  #follower: pg.Client | undefined;
  readonly #wake = new Set<() => void>();

  readonly dataDirectory: string;
  readonly database: Database;
  /** How often it was killed. */
  kills = 0;
  /** Positions of the feed up to this one were told to who follows it: they are acknowledged. */
  told = 0;
  /** How often that happened: each time something was committed. */
  commits = 0;

  private constructor(folders: Folders, server: EmbeddedServer, comebacks: Comebacks) {
    this.#folders = folders;
    this.#server = server;
    this.#comebacks = comebacks;
    this.dataDirectory = server.dataDirectory;
    this.database = openDatabase({ connection: server.connection });
  }

  /** `prepared`: a data directory to begin with a copy of, where the run has one. */
  static async start(prepared: string | null): Promise<KillableServer> {
    const folders = new Folders();
    const comebacks = new Comebacks();
    const log = (line: string) => comebacks.hear(line);
    const acquired = await acquireEmbeddedServer({ dataDirectory: await folders.copyOf(prepared), log });
    const server = new KillableServer(folders, acquired, comebacks);
    await migrateDatabase(server.database);
    await server.#follow();
    return server;
  }

  async #follow(): Promise<void> {
    const client = new pg.Client(this.#server.connection);
    // A server that is killed cuts it off.
    client.on("error", () => {});
    client.on("notification", ({ channel, payload }) => {
      if (channel === changesChannel) {
        this.told = Math.max(this.told, Number(payload));
        this.commits++;
      }
      this.wake();
    });
    await client.connect();
    await client.query(`LISTEN ${changesChannel}; LISTEN ${finishedChannel}`);
    this.#follower = client;
  }

  /** Ends the wait for more notices: the process that makes them has ended. */
  wake(): void {
    for (const resolve of this.#wake) resolve();
    this.#wake.clear();
  }

  /** Resolves when changes are told, or that submissions are finished, or when woken. */
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

  /** Kills the server with all its processes, and resolves once it is back and has recovered. */
  async kill({ processes }: Moment): Promise<void> {
    const killed = recordedServer(this.dataDirectory);
    const isBack = this.#comebacks.next();
    const ended = new Promise<void>((resolve) => this.#follower?.once("end", () => resolve()));
    // It throws where there is no such process: the fault has fired, or the test fails.
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

  /** How often it found at its start that it had been killed. */
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

/** Tells each time that the lost server was found again. */
class Comebacks {
  readonly #waiting: (() => void)[] = [];

  hear(line: string): void {
    if (line === "reconnected to the embedded PostgreSQL server") this.#waiting.shift()?.();
  }

  next(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

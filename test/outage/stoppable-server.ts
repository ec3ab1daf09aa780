import { acquireEmbeddedServer, type EmbeddedServer } from "../../src/embedded-postgres/index.ts";
import { type Database, migrateDatabase, openDatabase } from "../../src/store/index.ts";
import { administer } from "../server-connection.ts";
import { Folders } from "../store/embedded-support/folders.ts";

/** A PostgreSQL server that a test can stop and start again at the same address. */
export class StoppableServer {
  readonly #folders: Folders;
  readonly #dataDirectory: string;
  #server: EmbeddedServer;

  private constructor(folders: Folders, dataDirectory: string, server: EmbeddedServer) {
    this.#folders = folders;
    this.#dataDirectory = dataDirectory;
    this.#server = server;
  }

  static async start(): Promise<StoppableServer> {
    const folders = new Folders();
    const dataDirectory = await folders.data();
    return new StoppableServer(folders, dataDirectory, await acquireEmbeddedServer({ dataDirectory }));
  }

  get connection(): EmbeddedServer["connection"] {
    return this.#server.connection;
  }

  /** A migrated database of this name. The caller closes it. */
  async createDatabase(name: string): Promise<Database> {
    await administer(this.connection, `CREATE DATABASE ${name}`);
    const database = openDatabase({ connection: { ...this.connection, database: name } });
    await migrateDatabase(database);
    return database;
  }

  /** Ends its sessions (57P01) and stops listening. */
  async stop(): Promise<void> {
    await this.#server.release();
  }

  async startAgain(): Promise<void> {
    this.#server = await acquireEmbeddedServer({ dataDirectory: this.#dataDirectory });
  }

  async close(): Promise<void> {
    await this.#server.release();
    await this.#folders.removeAll();
  }
}

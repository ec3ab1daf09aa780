import { createHash } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type pg from "pg";
import { benchKey } from "../../bench/corpus.ts";
import { type Database, migrateDatabase, openDatabase } from "../../src/store/index.ts";
import { FaultProxy } from "../faults/fault-proxy.ts";
import { KillableServer } from "../faults/killable-server.ts";
import { administer, connectionTo, type ServerConnection } from "../server-connection.ts";
import { token } from "./client.ts";
import { Orders } from "./orders.ts";
import { SupervisedProcess } from "./supervised-process.ts";

/** A pith-graph with its own database. */
export type Site = {
  readonly name: "mirror" | "source";
  readonly database: Database;
  /** `pith-graph serve`: the API, and its worker. */
  readonly serve: SupervisedProcess;
  /** `http://127.0.0.1:port` */
  readonly origin: string;
  /** The address of its metrics, `http://127.0.0.1:port`. */
  readonly metrics: string;
};

/** Two sites on one PostgreSQL, of which one follows the other, and the proxies between them. */
export type Stage = {
  readonly server: KillableServer;
  readonly orders: Orders;
  /** Gets queries, submissions and faults, and follows `source`. */
  readonly mirror: Site;
  readonly source: Site;
  /** `pith-graph sync --follow`, of the mirror. */
  readonly sync: SupervisedProcess;
  /** Between the mirror's processes and PostgreSQL. */
  readonly databaseProxy: FaultProxy;
  /** Between the mirror's sync and the source. */
  readonly sourceProxy: FaultProxy;
  readonly keyring: string;
  /** The environment of a command on a site's database. */
  readonly environmentOf: (site: Site) => Record<string, string>;
  readonly stop: () => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
};

/** The limit of each heap in megabytes. */
const heapMegabytes = 192;

export async function setStage(): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), "pith-graph-soak-"));
  const keyring = join(folder, "keyring.json");
  writeFileSync(keyring, JSON.stringify([benchKey]));
  const orders = new Orders(folder);
  const server = await KillableServer.start(null);
  const { host = "", port, user } = server.database.connection as pg.PoolConfig;
  const databaseProxy = await FaultProxy.start({ path: join(host, `.s.PGSQL.${port}`) });

  const databaseOf = async (name: string): Promise<Database> => {
    const connection = server.database.connection as ServerConnection;
    await administer(connection, `CREATE DATABASE ${name}`);
    const database = openDatabase({ connection: connectionTo(connection, name), maxConnections: 4 });
    await migrateDatabase(database);
    return database;
  };
  const direct = (name: string) => `postgres://${user}@/${name}?host=${encodeURIComponent(host)}`;
  const proxied = (name: string) => `postgres://${user}@127.0.0.1:${databaseProxy.port}/${name}`;
  const environment = (name: string, url: string) => ({
    ...process.env,
    ...orders.environment(name, heapMegabytes),
    DATABASE_URL: url,
    PITH_GRAPH_TOKENS: `soak:${createHash("sha256").update(token).digest("hex")}`,
    // Small, so that they are full long before the end.
    PITH_GRAPH_RESPONSE_CACHE: "4000000",
    PITH_GRAPH_ROW_CACHE: "8000000",
  });
  const openSite = async (name: Site["name"], url: string): Promise<Site> => {
    const database = await databaseOf(name);
    const free = await freePort();
    const metricsPort = await freePort();
    const serve = new SupervisedProcess(["serve", "--keyring", keyring, "--port", String(free)], {
      ...environment(name, url),
      PITH_GRAPH_METRICS: String(metricsPort),
    });
    const [origin, metrics] = [free, metricsPort].map((port) => `http://127.0.0.1:${port}`) as [
      string,
      string,
    ];
    return { name, database, serve, origin, metrics };
  };
  const source = await openSite("source", direct("source"));
  const mirror = await openSite("mirror", proxied("mirror"));
  await Promise.all([answers(source), answers(mirror)]);
  const sourceProxy = await FaultProxy.start({
    host: "127.0.0.1",
    port: Number(new URL(source.origin).port),
  });
  const followed = `127.0.0.1:${sourceProxy.port}`;
  const sync = new SupervisedProcess(
    ["sync", "--follow", "--quiet", "--keyring", keyring, "--allow-host", followed, `http://${followed}`],
    environment("mirror", proxied("mirror")),
  );
  const stop = async () => {
    const ends: string[] = [];
    for (const [name, process] of Object.entries({ sync, mirror: mirror.serve, source: source.serve })) {
      ends.push(`${name}: ${await process.stop()}`);
    }
    return ends;
  };
  return {
    server,
    orders,
    mirror,
    source,
    sync,
    databaseProxy,
    sourceProxy,
    keyring,
    environmentOf: ({ name }) => ({ DATABASE_URL: direct(name) }),
    stop,
    async close() {
      await stop();
      await Promise.all([databaseProxy.close(), sourceProxy.close()]);
      await Promise.all([mirror.database.close(), source.database.close()]);
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Resolves once the site answers, and its citation graph is loaded. */
export async function answers({ origin }: Site): Promise<void> {
  for (;;) {
    const health = await fetch(`${origin}/health`, { signal: AbortSignal.timeout(5_000) })
      .then(async (response) => (await response.json()) as { graph?: { isLoaded: boolean } })
      .catch(() => null);
    if (health?.graph?.isLoaded === true) return;
    await pause(100);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

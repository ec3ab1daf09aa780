import type { NetConnectOpts } from "node:net";
import { join } from "node:path";
import type pg from "pg";
import { type Database, type DatabaseOptions, openDatabase } from "../../src/store/index.ts";
import { FaultProxy, type FaultProxyOptions } from "./fault-proxy.ts";

export type ProxiedDatabase = {
  readonly proxy: FaultProxy;
  /** The same database, with all connections through the proxy. */
  readonly database: Database;
  close(): Promise<void>;
};

/** The address of a database's server. */
export function addressOf(connection: Database["connection"]): NetConnectOpts {
  if (typeof connection === "string") {
    const { hostname, port } = new URL(connection);
    return { host: hostname, port: Number(port || 5432) };
  }
  const { host = "127.0.0.1", port = 5432 } = connection;
  return host.startsWith("/") ? { path: join(host, `.s.PGSQL.${port}`) } : { host, port };
}

/** The URL of a database through a proxy. */
export function throughProxy(connection: Database["connection"], { port }: FaultProxy): string {
  if (typeof connection === "string") {
    const url = new URL(connection);
    url.host = `127.0.0.1:${port}`;
    return url.href;
  }
  const { user = "", database = "" } = connection as pg.PoolConfig;
  return `postgres://${encodeURIComponent(user)}@127.0.0.1:${port}/${database}`;
}

/** Opens a database again, through a new proxy. */
export async function openProxied(
  { connection }: Pick<Database, "connection">,
  options: FaultProxyOptions & Omit<DatabaseOptions, "connection"> = {},
): Promise<ProxiedDatabase> {
  const { onStatement, ...pool } = options;
  const proxy = await FaultProxy.start(
    addressOf(connection),
    onStatement === undefined ? {} : { onStatement },
  );
  const database = openDatabase({ ...pool, connection: throughProxy(connection, proxy) });
  return {
    proxy,
    database,
    close: async () => {
      await proxy.close();
      await database.close();
    },
  };
}

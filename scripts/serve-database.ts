import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { loadKeyring } from "../src/cli/keyring-file.ts";
import { loadSample, sampleKeyringPath } from "../src/cli/sample.ts";
import { startGraph } from "../src/graph/index.ts";
import { createApp, type GraphqlSettings } from "../src/server/index.ts";
import type { Database } from "../src/store/index.ts";

export type ServedDatabase = {
  /** `http://127.0.0.1:port` */
  readonly origin: string;
  /** Breaks all connections, like a network failure. */
  breakConnections(): void;
  /** Closes the server, but not the database. */
  close(): Promise<void>;
};

/** Serves a database with its citation graph in memory; `wrap` is called for each request first, like a proxy. */
export async function serveDatabase(
  database: Database,
  wrap: (handle: RequestListener) => RequestListener = (handle) => handle,
  graphql: GraphqlSettings = {},
): Promise<ServedDatabase> {
  const graph = startGraph(database);
  await graph.waitUntilLoaded(AbortSignal.timeout(60_000));
  const app = createApp({ database, graph, graphql });
  const server = createServer(wrap(app.handle)).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    breakConnections: () => server.closeAllConnections(),
    close: async () => {
      app.stopWaiting();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await app.close();
      await graph.close();
    },
  };
}

/** Ingests the sample into a migrated database. */
export async function fillWithSample(database: Database): Promise<void> {
  const keyring = await loadKeyring([sampleKeyringPath]);
  await loadSample(database, keyring, { signal: new AbortController().signal, onBatch: () => {} });
}

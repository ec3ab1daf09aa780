import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { loadKeyring } from "../../src/cli/keyring-file.ts";
import { loadSample, sampleKeyringPath } from "../../src/cli/sample.ts";
import { startGraph } from "../../src/graph/index.ts";
import { createApp } from "../../src/server/index.ts";
import type { Database } from "../../src/store/index.ts";

export type SampleServer = {
  /** Of the GraphQL API. */
  readonly url: string;
  /** Closes the server; the database stays its owner's. */
  close(): Promise<void>;
};

/** Takes the sample into a database that is migrated, and serves it with its citation graph in memory. */
export async function serveSample(database: Database): Promise<SampleServer> {
  const keyring = await loadKeyring([sampleKeyringPath]);
  await loadSample(database, keyring, { signal: new AbortController().signal, onBatch: () => {} });
  const graph = startGraph(database);
  await graph.loaded(AbortSignal.timeout(60_000));
  const app = createApp({ database, graph });
  const server = createServer(app.handle).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    close: async () => {
      app.stopWaiting();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await app.close();
      await graph.close();
    },
  };
}

import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { loadKeyring } from "../../src/cli/keyring-file.ts";
import { loadSample, sampleKeyringPath } from "../../src/cli/sample.ts";
import { startGraph } from "../../src/graph/index.ts";
import { createApp } from "../../src/server/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { sampleDocuments, sampleKeyring, takeIn } from "../ingest/take-in.ts";

export type Site = {
  /** `http://127.0.0.1:port/`, with the prefix where there is one. */
  readonly url: string;
  readonly database: TestDatabase;
  /** Breaks all connections off, as a network does. */
  breakConnections(): void;
  close(): Promise<void>;
};

export type SiteOptions = {
  /** Takes in what the site is about; the whole sample unless told. */
  readonly fill?: (database: TestDatabase) => Promise<void>;
  /** A path that the site is served below, as by a proxy which strips it: `/some/prefix`. */
  readonly prefix?: string;
};

/** A real server over a database of its own. */
export async function startSite({ fill = fillWithSample, prefix = "" }: SiteOptions = {}): Promise<Site> {
  const database = await createTestDatabase();
  await fill(database);
  const graph = startGraph(database);
  await graph.loaded(AbortSignal.timeout(60_000));
  const app = createApp({ database, graph });
  const server = createServer(prefix === "" ? app.handle : below(prefix, app.handle)).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${prefix}/`,
    database,
    breakConnections: () => server.closeAllConnections(),
    close: async () => {
      app.stopWaiting();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await app.close();
      await graph.close();
      await database.drop();
    },
  };
}

/** Of the sample the real paper, those of December 2022, the forks, and some of hep-th: enough to look at, and soon there. */
export async function fillWithExcerpt(database: TestDatabase): Promise<void> {
  await takeIn(database, sampleDocuments(80), { keyring: sampleKeyring });
}

async function fillWithSample(database: TestDatabase): Promise<void> {
  const keyring = await loadKeyring([sampleKeyringPath]);
  await loadSample(database, keyring, { signal: new AbortController().signal, onBatch: () => {} });
}

/** What a reverse proxy does: strips the prefix, and answers nothing outside it. */
function below(prefix: string, handle: RequestListener): RequestListener {
  return (request, response) => {
    const url = request.url ?? "";
    if (!url.startsWith(`${prefix}/`)) {
      response.writeHead(502);
      response.end();
      return;
    }
    request.url = url.slice(prefix.length);
    handle(request, response);
  };
}

import type { RequestListener } from "node:http";
import { fillWithSample, serveDatabase } from "../../scripts/serve-database.ts";
import { readExplorerQueries } from "../../src/server/graphql/settings.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { ingestDocuments, sampleDocuments, sampleKeyring } from "../ingest/ingest-documents.ts";

export type Site = {
  /** `http://127.0.0.1:port/`, with the prefix where there is one. */
  readonly url: string;
  readonly database: TestDatabase;
  /** Breaks all connections, as a network failure does. */
  breakConnections(): void;
  close(): Promise<void>;
};

export type SiteOptions = {
  /** Fills the database. Defaults to the sample. */
  readonly fill?: (database: TestDatabase) => Promise<void>;
  /** A path prefix, as of a proxy that strips it: `/some/prefix`. Defaults to none. */
  readonly prefix?: string;
  /** Whether the server accepts only the queries that the explorer's build lists. Defaults to false. */
  readonly onlyPersistedQueries?: boolean;
};

/** Starts a server with its own database. */
export async function startSite({
  fill = fillWithSample,
  prefix = "",
  onlyPersistedQueries = false,
}: SiteOptions = {}): Promise<Site> {
  const database = await createTestDatabase();
  await fill(database);
  const documents = { documents: await readExplorerQueries(), only: onlyPersistedQueries };
  const server = await serveDatabase(database, (handle) => (prefix === "" ? handle : below(prefix, handle)), {
    documents,
  });
  return {
    url: `${server.origin}${prefix}/`,
    database,
    breakConnections: server.breakConnections,
    close: async () => {
      await server.close();
      await database.drop();
    },
  };
}

/** Part of the sample, quickly imported: the genuine paper, December 2022, the forks, and some of hep-th. */
export async function fillWithExcerpt(database: TestDatabase): Promise<void> {
  await ingestDocuments(database, sampleDocuments(80), { keyring: sampleKeyring });
  await markSampleLoaded(database);
}

/** Marks the sample as loaded, so that the server reports that it accepts the demo key. */
export async function markSampleLoaded({ pool }: TestDatabase): Promise<void> {
  await pool.query("INSERT INTO settings VALUES ('sample', 'loaded')");
}

/** A reverse proxy that strips the prefix and answers 502 elsewhere. */
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

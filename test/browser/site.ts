import type { RequestListener } from "node:http";
import { fillWithSample, serveDatabase } from "../../scripts/serve-database.ts";
import { schema } from "../../src/api/schema.ts";
import { readExplorerDocuments } from "../../src/server/explorer/built-files.ts";
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
  /** Whether the server runs no other queries than those that the explorer's build lists; false unless told. */
  readonly onlyOwnQueries?: boolean;
};

/** A real server over a database of its own. */
export async function startSite({
  fill = fillWithSample,
  prefix = "",
  onlyOwnQueries = false,
}: SiteOptions = {}): Promise<Site> {
  const database = await createTestDatabase();
  await fill(database);
  const documents = { documents: await readExplorerDocuments(schema), only: onlyOwnQueries };
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

/** Of the sample the real paper, those of December 2022, the forks, and some of hep-th: enough to look at, and soon there. */
export async function fillWithExcerpt(database: TestDatabase): Promise<void> {
  await takeIn(database, sampleDocuments(80), { keyring: sampleKeyring });
  await markSampleLoaded(database);
}

/** What loading the sample leaves behind: the server says that it accepts the demo key. */
export async function markSampleLoaded({ pool }: TestDatabase): Promise<void> {
  await pool.query("INSERT INTO settings VALUES ('sample', 'loaded')");
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

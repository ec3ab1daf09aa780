import { createHash } from "node:crypto";
import type { SubmissionSettings } from "../../src/config/index.ts";
import { createApp, type RunningServer, startServer } from "../../src/server/index.ts";
import { noSubmissions } from "../../src/server/submissions/submission-service.ts";
import type { Database } from "../../src/store/index.ts";
import { runWorker, type WorkerOptions } from "../../src/submissions/index.ts";
import { documentOf, type SyntheticDocument, type SyntheticPaper } from "../api/fixtures/documents.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { keyring } from "../protocol/signed-events.ts";

export const token = "a token of the tests, with 43 characters ...".replaceAll(" ", "-");

export function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

export const settings: SubmissionSettings = {
  ...noSubmissions,
  tokens: [
    { name: "other", sha256: sha256("other") },
    { name: "tests", sha256: sha256(token) },
  ],
};

export type Answer = {
  line?: number;
  id: string | null;
  status: string;
  pithNumber?: string | null;
  receivedAt?: string;
  error?: { code: string; message: string };
  refused?: string[];
  url?: string;
};

export type Answered = { status: number; headers: Headers; text: string; answers: Answer[] };

export type Site = {
  readonly database: TestDatabase;
  readonly server: RunningServer;
  readonly logged: unknown[];
  /** POST /ingest with the token. */
  post(body: BodyInit, headers?: Record<string, string>, query?: string): Promise<Answered>;
  graphql(
    query: string,
    variables?: object,
    headers?: Record<string, string>,
  ): Promise<{
    data: Record<string, unknown> | null;
    errors?: { message: string; extensions: Record<string, unknown> }[];
  }>;
  /** Runs a worker in this process until the returned function is called. */
  work(options?: Partial<WorkerOptions>): () => Promise<void>;
  close(): Promise<void>;
};

/** A database, and a server on it that accepts submissions. */
export async function openSite(change: Partial<SubmissionSettings> = {}): Promise<Site> {
  const database = await createTestDatabase();
  const logged: unknown[] = [];
  const app = createApp({
    database,
    submissions: { ...settings, ...change },
    logError: (_message, error) => logged.push(error),
  });
  const server = await startServer({ app, port: 0, host: "127.0.0.1" });
  return {
    database,
    server,
    logged,
    post: (body, headers, query) => post(server.url, body, headers, query),
    graphql: async (query, variables = {}, headers = {}) => {
      const response = await fetch(`${server.url}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify({ query, variables }),
      });
      return (await response.json()) as never;
    },
    work: (options) => work(database, options),
    close: async () => {
      await server.close();
      await database.drop();
    },
  };
}

export async function post(
  url: string,
  body: BodyInit,
  headers: Record<string, string> = {},
  query = "",
): Promise<Answered> {
  const response = await fetch(`${url}/ingest${query}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, ...headers },
    body,
    ...(body instanceof ReadableStream ? { duplex: "half" } : {}),
  } as RequestInit);
  const text = await response.text();
  const isLines = response.headers.get("content-type")?.startsWith("application/x-ndjson");
  return {
    status: response.status,
    headers: response.headers,
    text,
    answers: isLines
      ? text
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line) as Answer)
      : [],
  };
}

export function work(database: Database, options: Partial<WorkerOptions> = {}): () => Promise<void> {
  const controller = new AbortController();
  const running = runWorker(database, { keyring, signal: controller.signal, ...options });
  return () => {
    controller.abort();
    return running;
  };
}

/** A different paper for each number. */
export function paper(number: number, more: Partial<SyntheticPaper> = {}): SyntheticDocument {
  return documentOf({
    arxivId: `2403.${10000 + number}`,
    submittedAt: "2024-03-01T10:00:00Z",
    title: `Submitted ${number}`,
    ...more,
  });
}

export type Counts = {
  submissions: number;
  papers: number;
  events: number;
  quarantine: number;
  records: number;
};

export async function counts({ pool }: Database): Promise<Counts> {
  const { rows } = await pool.query<Counts>(
    `SELECT (SELECT count(*)::int FROM submissions) AS submissions, (SELECT count(*)::int FROM papers) AS papers,
       (SELECT count(*)::int FROM events) AS events, (SELECT count(*)::int FROM quarantine) AS quarantine,
       (SELECT count(*)::int FROM records) AS records`,
  );
  return rows[0] as Counts;
}

/** The number of submissions of each status. */
export async function statuses({ pool }: Database): Promise<Record<string, number>> {
  const { rows } = await pool.query<{ status: string; count: number }>(
    "SELECT status, count(*)::int AS count FROM submissions GROUP BY status",
  );
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
}

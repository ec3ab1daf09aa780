import { afterAll, afterEach, beforeAll, expect, inject, it } from "vitest";
import { startGraph } from "../../src/graph/index.ts";
import { createApp, type RunningServer, startServer } from "../../src/server/index.ts";
import { type Database, migrateDatabase, openDatabase } from "../../src/store/index.ts";
import { ReadServers } from "../../src/store/read-servers.ts";
import type { ReplicaStatus } from "../../src/store/replica.ts";
import { ingestDocuments } from "../ingest/ingest-documents.ts";
import { longTest } from "../long.ts";
import { paper, post, settings, token, work } from "../submissions/site.ts";
import { type Cluster, type Standby, startCluster } from "./standbys.ts";

const papers = Array.from({ length: 20 }, (_, number) => paper(number));
let cluster: Cluster;
let database: Database;
let stopWorking: () => Promise<void>;

beforeAll(async () => {
  cluster = await startCluster(2, inject("preparedData"), async ({ connection }) => {
    database = openDatabase({ connection });
    await migrateDatabase(database);
    await ingestDocuments(
      database,
      papers.map(({ text }) => text),
    );
  });
  stopWorking = work(database);
}, 180_000);
afterAll(async () => {
  await stopWorking();
  await database.close();
  await cluster.close();
});

/** A server on the cluster, with its own maximum delay. */
type Front = {
  readonly url: string;
  readonly servers: ReadServers;
  /** The connections for queries that the primary answers. */
  readonly reads: Database;
  /** Resolves once a replica is in use, or excluded for a matching reason. */
  until(number: number, isLike: true | RegExp): Promise<ReplicaStatus>;
  /** The title of a paper, or null. Fails if the answer has an error. */
  title(ref: string, headers?: Record<string, string>): Promise<string | null>;
  graphql(query: string, headers?: Record<string, string>): Promise<Response>;
};

const fronts: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of fronts.splice(0)) await close();
});

async function openFront(
  maxDelaySeconds: number,
  connections: readonly Database["connection"][] = cluster.standbys.map(({ connection }) => connection),
): Promise<Front> {
  const reads = openDatabase({ connection: cluster.primary.connection });
  const waiting = new Set<() => void>();
  const servers = new ReadServers({
    primary: reads,
    replicas: connections,
    maxDelaySeconds,
    onChange: () => {
      for (const look of waiting) look();
    },
  });
  const graph = startGraph(database, { adjacency: "sql" });
  const app = createApp({ database, readServers: servers, graph, submissions: settings, logError: () => {} });
  const server: RunningServer = await startServer({ app, port: 0, host: "127.0.0.1" });
  fronts.push(async () => {
    await server.close();
    await servers.close();
    await reads.close();
    await graph.close();
  });
  const graphql = (query: string, headers: Record<string, string> = {}) =>
    fetch(`${server.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ query }),
    });
  return {
    url: server.url,
    servers,
    reads,
    graphql,
    until: (number, isLike) =>
      new Promise((resolve) => {
        const look = () => {
          const status = servers.status()[number - 1] as ReplicaStatus;
          const matches = isLike === true ? status.isUsed : isLike.test(status.reason ?? "");
          if (!matches) return;
          waiting.delete(look);
          resolve(status);
        };
        waiting.add(look);
        look();
      }),
    title: async (ref, headers) => {
      const answer = (await (await graphql(`{ paper(ref: "${ref}") { title } }`, headers)).json()) as {
        data: { paper: { title: string } | null };
        errors?: unknown;
      };
      expect(answer.errors).toBeUndefined();
      return answer.data.paper?.title ?? null;
    },
  };
}

async function openUsedFront(maxDelaySeconds: number): Promise<Front> {
  const front = await openFront(maxDelaySeconds);
  await Promise.all([front.until(1, true), front.until(2, true)]);
  return front;
}

/** The number of a server's sessions whose last statement is like this. */
async function queriesAt(standby: Standby, like: string): Promise<number> {
  const rows = await standby.query(
    `SELECT FROM pg_stat_activity WHERE application_name = 'pith-graph' AND query LIKE '%${like}%'`,
  );
  return rows.length;
}

const positionOf = (response: Response | { headers: Headers }) =>
  response.headers.get("pith-graph-position") ?? "none";
const carrying = (position: string) => ({ "pith-graph-position": position });
const submitter = { authorization: `Bearer ${token}` };

it("queries and graph queries go to the replicas in turn, and none to the primary", async () => {
  const front = await openUsedFront(3_600);
  for (const [number, { pithNumber }] of papers.entries()) {
    expect(await front.title(pithNumber)).toBe(`Submitted ${number}`);
  }
  for (const standby of cluster.standbys) {
    expect(await queriesAt(standby, 'from "papers"')).toBeGreaterThan(0);
  }
  for (const number of papers.keys()) {
    const graph = `{ citationGraph(roots: ["arXiv:2403.${10000 + number}"], direction: REFERENCES) { nodeCount } }`;
    expect(await (await front.graphql(graph)).json()).toEqual({ data: { citationGraph: { nodeCount: 1 } } });
  }
  for (const standby of cluster.standbys) {
    // The last statement of a session that answered a graph query.
    expect(await queriesAt(standby, "ROLLBACK")).toBeGreaterThan(0);
  }
  // No connection to the primary was opened.
  expect(front.reads.pool.totalCount).toBe(0);
});

it("a submitter sees its paper before replicas do: by a position, a token, or in the same request", async () => {
  const front = await openUsedFront(3_600);
  for (const standby of cluster.standbys) await standby.pause();
  try {
    const submitted = paper(100);
    const posted = await post(front.url, submitted.text);
    expect(posted.answers[0]?.status).toBe("MERGED");
    const position = positionOf(posted);
    expect(position).toMatch(/^[0-9A-F]+\/[0-9A-F]+$/);
    expect(await front.title(submitted.pithNumber)).toBeNull();
    expect(await front.title(submitted.pithNumber, carrying(position))).toBe("Submitted 100");
    expect(await front.title(submitted.pithNumber, submitter)).toBe("Submitted 100");

    const status = await fetch(`${front.url}${posted.answers[0]?.url}`, { headers: submitter });
    expect(positionOf(status)).toMatch(/\//);

    const document = JSON.stringify(paper(101).text);
    const mutation = `mutation { submitDocument(document: ${document}) { submission { status } } }`;
    for (const how of [mutation, `# no subscription\n${mutation}`]) {
      const response = await front.graphql(how, submitter);
      expect(await response.json()).toMatchObject({ data: { submitDocument: { submission: {} } } });
      expect(positionOf(response)).toMatch(/\//);
    }
    // Without a position or token the answer has no position.
    expect(positionOf(await front.graphql("{ status { papers } }"))).toBe("none");
  } finally {
    for (const standby of cluster.standbys) await standby.resume();
  }
});

longTest(
  "a request with a position is answered by a replica that has reached it, and malformed ones with 400",
  async () => {
    const front = await openUsedFront(3_600);
    const submitted = paper(110);
    const position = positionOf(await post(front.url, submitted.text));
    for (const standby of cluster.standbys) await untilReplayed(standby, position);
    expect(await front.title(submitted.pithNumber, carrying(position))).toBe("Submitted 110");
    expect(front.reads.pool.totalCount).toBe(0);
    const response = await front.graphql("{ status { papers } }", carrying(position));
    const later = positionOf(response);
    expect(await front.title(submitted.pithNumber, carrying(later))).toBe("Submitted 110");
    // A position that no server has reached: the primary answers.
    expect(await front.title(submitted.pithNumber, carrying("FFFFFFFF/FFFFFFFF"))).toBe("Submitted 110");
    expect(front.reads.pool.totalCount).toBeGreaterThan(0);

    const malformed = await front.graphql("{ status { papers } }", carrying("yesterday"));
    expect(malformed.status).toBe(400);
    expect(await malformed.json()).toMatchObject({ errors: [{ extensions: { code: "BAD_USER_INPUT" } }] });
  },
);

longTest(
  "rows cached from a replica are dropped with each commit, even if the snapshot's text stays the same",
  async () => {
    const front = await openUsedFront(3_600);
    const written = papers.slice(0, 3).map(({ pithNumber }) => pithNumber);
    const rename = "UPDATE papers SET title = $1 WHERE pith_number = $2";
    const writers = await Promise.all([1, 2, 3].map(() => database.pool.connect()));
    const snapshots = new Set<string>();
    try {
      for (const [index, writer] of writers.entries()) {
        await writer.query("BEGIN");
        await writer.query(rename, ["renamed", written[index]]);
      }
      // Committed in reverse order: the oldest transaction keeps the snapshot's xmin, the newest has set its xmax.
      for (const index of [2, 1, 0]) {
        await writers[index]?.query("COMMIT");
        const { rows } = await database.pool.query<{ position: string }>(
          "SELECT pg_current_wal_insert_lsn()::text AS position",
        );
        for (const standby of cluster.standbys) await untilReplayed(standby, rows[0]?.position ?? "");
        const seen = await cluster.standbys[0]?.query<{ text: string }>(
          "SELECT pg_current_snapshot()::text AS text",
        );
        snapshots.add(seen?.[0]?.text ?? "");
        // Often enough for both replicas to answer, and for their rows to be cached.
        for (let time = 0; time < 4; time++) {
          for (const [place, pithNumber] of written.entries()) {
            expect(await front.title(pithNumber)).toBe(place >= index ? "renamed" : `Submitted ${place}`);
          }
        }
      }
    } finally {
      for (const writer of writers) writer.release(true);
      for (const [place, pithNumber] of written.entries()) {
        await database.pool.query(rename, [`Submitted ${place}`, pithNumber]);
      }
    }
    expect(snapshots.size).toBeLessThan(3);
  },
);

it("a replica with more than the maximum delay is excluded, and used again later", async () => {
  const front = await openUsedFront(1);
  const [one, other] = cluster.standbys as [Standby, Standby];
  await one.pause();
  const submitted = paper(120);
  await post(front.url, submitted.text);
  expect((await front.until(1, /behind by more than 1 s/)).isUsed).toBe(false);
  await other.pause();
  await post(front.url, paper(121).text);
  await front.until(2, /behind by more than 1 s/);
  // Only the primary is left, which has the paper.
  expect(await front.title(submitted.pithNumber)).toBe("Submitted 120");
  expect(front.reads.pool.totalCount).toBeGreaterThan(0);
  await one.resume();
  await other.resume();
  await Promise.all([front.until(1, true), front.until(2, true)]);
  expect(await front.title(submitted.pithNumber)).toBe("Submitted 120");
});

it("no query fails when a replica is killed or stopped, and both are used again later", async () => {
  const front = await openUsedFront(3_600);
  const [one, other] = cluster.standbys as [Standby, Standby];
  let isOver = false;
  let answered = 0;
  const queryRepeatedly = async (client: number) => {
    for (let number = client; !isOver; number++) {
      // Another text each time, so that no answer is cached.
      const { pithNumber } = papers[number % papers.length] as (typeof papers)[number];
      const query = `{ a${client}_${number}: paper(ref: "${pithNumber}") { title work { citedByCount } claims { totalCount } } }`;
      // Paced by a check of all servers, which takes long if one is silent.
      const [response] = await Promise.all([front.graphql(query), front.servers.probe()]);
      const answer = (await response.json()) as { data: object; errors?: unknown };
      expect(answer.errors).toBeUndefined();
      expect(Object.values(answer.data)[0]).toMatchObject({ title: expect.stringMatching(/^Submitted/) });
      answered++;
    }
  };
  const querying = [1, 2].map((client) => queryRepeatedly(client * 1_000));
  try {
    const killed = front.until(1, /does not answer/);
    for (const pid of await one.processes()) signal(pid, "SIGKILL");
    await killed;
    await front.until(1, true);

    const silent = await other.processes();
    for (const pid of silent) signal(pid, "SIGSTOP");
    try {
      await front.until(2, /does not answer/);
    } finally {
      for (const pid of silent) signal(pid, "SIGCONT");
    }
    await front.until(2, true);
  } finally {
    isOver = true;
  }
  await Promise.all(querying);
  expect(answered).toBeGreaterThan(0);
});

longTest("a server that is not a standby of the primary is never used, and reported", async () => {
  const [standby] = cluster.standbys as [Standby];
  const nowhere = { ...standby.connection, host: "/nowhere" };
  const front = await openFront(10, [cluster.primary.connection, nowhere]);
  await front.until(1, /it is not a standby/);
  await front.until(2, /does not answer/);
  expect(await front.title(papers[0]?.pithNumber ?? "")).toBe("Submitted 0");
});

async function untilReplayed(standby: Standby, position: string): Promise<void> {
  for (;;) {
    const [row] = await standby.query<{ is_there: boolean }>(
      `SELECT pg_last_wal_replay_lsn() >= '${position}'::pg_lsn AS is_there`,
    );
    if (row?.is_there) return;
  }
}

/** Some of the processes may have ended by themselves. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, it } from "vitest";
import { suffixOf } from "../../src/protocol/index.ts";
import type { Database } from "../../src/store/index.ts";
import { runCli, spawnCli } from "../cli/run-cli.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { holdWriteLock, untilRows, waitingWriters } from "../faults/waiting.ts";
import {
  cursorOf,
  headOf,
  ingestTexts,
  type Listening,
  papers,
  serveMirror,
  statesOf,
} from "../mirror/mirrors.ts";
import { registry } from "../protocol/signed-events.ts";
import { databaseUrl } from "../server-connection.ts";
import { StoppableServer } from "./stoppable-server.ts";

let postgres: StoppableServer;
/** The follower's database, on a server that is stopped. */
let mine: Database;
let source: TestDatabase;
let server: Listening;
/** The same mirror, with an answer that can be delayed. */
let slow: Awaited<ReturnType<typeof serveMirror>> | undefined;
let folder: string;
let env: Record<string, string>;
const children: ChildProcess[] = [];

beforeAll(async () => {
  [postgres, source] = await Promise.all([StoppableServer.start(), createTestDatabase()]);
  mine = await postgres.createDatabase("follower");
  server = await serveMirror(source);
  folder = await mkdtemp(join(tmpdir(), "pith-graph-follow-"));
  const { key_id, signer_id, signer_type, public_key_b64, event_types } = registry;
  const keys = [{ key_id, signer_id, signer_type, public_key_b64, event_types }];
  await writeFile(join(folder, "keyring.json"), JSON.stringify(keys));
  env = { DATABASE_URL: databaseUrl(mine.connection), PITH_GRAPH_KEYRING: join(folder, "keyring.json") };
});
afterAll(async () => {
  // Any that a failed test left running.
  for (const child of children) child.kill("SIGKILL");
  for (const each of [server, slow]) await each?.close();
  await source.drop();
  await mine.close();
  await postgres.close();
  await rm(folder, { recursive: true, force: true });
});

function ingestAt(start: number): Promise<void> {
  return ingestTexts(
    source,
    papers(3, start).map(({ text }) => text),
    "signed",
  );
}

const away = /^The database is unavailable \(.+\)\. Retrying in \d+\.\d s\.$/;

/** Starts a follower; `printed` waits for a line of its standard error. */
function startFollowing(...args: string[]) {
  const child = spawnCli(["sync", "--follow", "--allow-host", "127.0.0.1", ...args], { env });
  children.push(child);
  const ended = once(child, "exit");
  const lines = createInterface({ input: child.stderr ?? expect.fail() })[Symbol.asyncIterator]();
  const printed = async (line: RegExp) => {
    for (;;) {
      const { done, value } = await lines.next();
      if (done) expect.fail(`It ended before it printed ${line}.`);
      if (line.test(value)) return;
    }
  };
  return { child, ended, printed };
}

it("sync --follow continues once the database is back, and has all papers", async () => {
  await ingestAt(0);
  const { child, ended, printed } = startFollowing(server.url);
  await printed(/^At the end of the mirror's feed \(position 3\): both mirrors have the same states/);

  // Between two batches.
  await postgres.stop();
  await ingestAt(10);
  await printed(away);
  await postgres.startAgain();
  await printed(/^The database is available again; at position 6 of the mirror's feed\.$/);
  expect(await cursorOf(mine, server.url)).toBe(6);

  // In the middle of a batch.
  const lock = await holdWriteLock(mine);
  lock.holder.on("error", () => {});
  await ingestAt(20);
  await untilRows(mine.pool, waitingWriters);
  await postgres.stop();
  lock.holder.release(true);
  await printed(away);
  await postgres.startAgain();
  await printed(/^The database is available again; at position 9 of the mirror's feed\.$/);
  expect(await cursorOf(mine, server.url)).toBe(9);

  child.kill("SIGTERM");
  expect(await ended).toEqual([143, null]);
  expect(await statesOf(mine)).toEqual(await statesOf(source));
  expect(await headOf(mine)).toEqual(await headOf(source));
});

it("sync --follow --from-start continues at its cursor after the database was away", async () => {
  const { rows } = await source.pool.query("SELECT pith_number FROM changes ORDER BY position");
  const paths = rows.map((row) => `/pith/${suffixOf(row.pith_number)}/bundle.json`);
  const delayed: ServerResponse[] = [];
  const mirror = await serveMirror(source, (request, response) => {
    // The sixth answer is delayed, the first time.
    if (request.url !== paths[5] || delayed.length > 0) return false;
    delayed.push(response);
    return true;
  });
  slow = mirror;
  const { child, ended, printed } = startFollowing("--from-start", "--concurrency", "1", mirror.url);
  await expect.poll(() => cursorOf(mine, mirror.url), { timeout: 60_000 }).toBe(5);
  await expect.poll(() => delayed.length).toBe(1);
  await postgres.stop();
  delayed[0]?.writeHead(503).end();
  await printed(away);
  await postgres.startAgain();
  await printed(/^The database is available again; at position 9 of the mirror's feed\.$/);
  expect(mirror.requests.filter((path) => paths.slice(0, 5).includes(path))).toEqual(paths.slice(0, 5));
  child.kill("SIGTERM");
  expect(await ended).toEqual([143, null]);
});

it("sync without --follow exits with 3 and the reason", async () => {
  await postgres.stop();
  try {
    const { status, stderr } = await runCli(["sync", "--allow-host", "127.0.0.1", server.url], { env });
    expect(stderr).toMatch(/^error: Can't connect to the database: .+\. Check DATABASE_URL\.$/m);
    expect(status).toBe(3);
  } finally {
    await postgres.startAgain();
  }
});

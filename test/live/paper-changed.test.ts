import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { get } from "node:http";
import { createInterface } from "node:readline";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { closedConnections } from "../../src/runtime/channels.ts";
import { defaultUnreadLimits } from "../../src/server/connection-limits.ts";
import { createApp, type RunningServer, startServer } from "../../src/server/index.ts";
import { documentOf } from "../api/fixtures/documents.ts";
import { ingestTexts } from "../api/fixtures/library.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { EventStream, type StreamEvent } from "./event-source.ts";

let database: TestDatabase;
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(() => database.drop());

const subscription = `subscription ($refs: [String!], $after: String) { paperChanged(refs: $refs, afterPosition: $after) {
  position stateSha256 paper { title state { sha256 } claims { totalCount } } } }`;

let number = 0;
/** A document of a new paper, unless an arXiv id is given. */
function text(title: string, arxivId = `2501.${String(++number).padStart(5, "0")}`, version = 1): string {
  return documentOf({ arxivId, version, title, submittedAt: "2025-01-01T00:00:00Z" }).text;
}

async function serve(port = 0, times = { heartbeat: 20 }): Promise<RunningServer> {
  const app = createApp({ database, streamTimes: times, logError: () => {} });
  const server = await startServer({ app, port, host: "127.0.0.1" });
  closing.push(() => server.close());
  return server;
}

async function open(server: RunningServer, options: Parameters<typeof EventStream.open>[2] = {}) {
  const stream = await EventStream.open(server.url, subscription, options);
  closing.push(() => stream.close());
  return stream;
}

type Change = { position: string; stateSha256: string; paper: { title: string; state: { sha256: string } } };

async function nextOf(stream: EventStream): Promise<Change> {
  const event = await stream.next();
  if (event === null) throw new Error("The stream ended.");
  const change = changeOf(event);
  expect(event.id).toBe(change.position);
  return change;
}

function changeOf(event: StreamEvent): Change {
  const change = event.data.data?.["paperChanged"];
  if (change === undefined) throw new Error(`The event has no change: ${JSON.stringify(event)}`);
  return change as Change;
}

async function titles(stream: EventStream, count: number): Promise<string[]> {
  const found: string[] = [];
  while (found.length < count) found.push((await nextOf(stream)).paper.title);
  return found;
}

it("paperChanged sends changes in the order of the feed, with the current paper", async () => {
  const stream = await open(await serve());
  await stream.beats(1);
  await ingestTexts(database, [text("First")]);
  const first = await nextOf(stream);
  expect(first.paper).toMatchObject({
    title: "First",
    state: { sha256: first.stateSha256 },
    claims: { totalCount: 0 },
  });
  await ingestTexts(database, [text("Second"), text("Third")]);
  expect(new Set(await titles(stream, 2))).toEqual(new Set(["Second", "Third"]));
});

it("paperChanged sends each change exactly once across restarts of the server", async () => {
  let server = await serve();
  const { port } = server;
  let stream = await open(server);
  await stream.beats(1);
  const wanted: string[] = [];
  const received: string[] = [];
  for (let round = 0; round < 4; round++) {
    const wave = Array.from({ length: 30 }, (_, nth) => `Round ${round}, ${nth}`);
    wanted.push(...wave);
    const writing = ingestTexts(
      database,
      wave.map((title) => text(title)),
    );
    // Some changes are received before the server stops, some while it stops, the rest after.
    if (round % 2 === 0) received.push(...(await titles(stream, 7)));
    const stopping = server.close();
    for (let event = await stream.next(); event !== null; event = await stream.next()) {
      received.push(changeOf(event).paper.title);
    }
    expect(stream.isComplete).toBe(false);
    await stopping;
    await writing;
    server = await serve(port);
    stream = await open(server, { lastEventId: stream.lastEventId });
  }
  received.push(...(await titles(stream, wanted.length - received.length)));
  expect([...received].sort()).toEqual([...wanted].sort());
  // Nothing is left over.
  await ingestTexts(database, [text("The end")]);
  expect(await titles(stream, 1)).toEqual(["The end"]);
});

it("paperChanged(refs:) sends only named papers, also later ones, and heartbeats advance the position", async () => {
  const server = await serve();
  const named = documentOf({
    arxivId: "2502.00009",
    title: "By number",
    submittedAt: "2025-02-01T00:00:00Z",
  });
  const refs = [
    "arXiv:2502.00001",
    "2502.00002v2",
    "10.48550/arXiv.2502.00003",
    named.pithNumber.slice(10, 18),
  ];
  const stream = await open(server, { variables: { refs } });
  await stream.beats(1);
  const before = stream.lastEventId;
  await ingestTexts(database, [
    text("Another", "2502.00004"),
    text("By id", "2502.00001"),
    text("Not this version", "2502.00002", 1),
  ]);
  expect(await titles(stream, 1)).toEqual(["By id"]);
  await ingestTexts(database, [text("This version", "2502.00002", 2)]);
  await ingestTexts(database, [text("By DOI", "2502.00003"), named.text]);
  expect(await titles(stream, 1)).toEqual(["This version"]);
  expect(new Set(await titles(stream, 2))).toEqual(new Set(["By DOI", "By number"]));
  await ingestTexts(database, [text("Unnamed")]);
  const head = Number((await database.pool.query("SELECT max(position) FROM changes")).rows[0].max);
  while (Number(stream.lastEventId) < head) await stream.beats(1);
  expect(Number(before)).toBeLessThan(head);
  const none = await open(server, { variables: { refs: [], after: "0" } });
  while (Number(none.lastEventId) < head) await none.beats(1);
});

it("paperChanged(afterPosition: 0) sends all changes, however many", async () => {
  const { rows } = await database.pool.query<{ title: string }>(
    "SELECT title FROM changes JOIN papers USING (paper_id) ORDER BY position",
  );
  const stream = await open(await serve(), { variables: { after: "0" } });
  expect(await titles(stream, rows.length)).toEqual(rows.map(({ title }) => title));
});

it.each([
  [{ refs: ["??"] }, null],
  [{ refs: ["0b5ad6a5-71cb-4a4f-9a0b-2f2a0f3c9d11"] }, null],
  [{ refs: Array(101).fill("2501.00001") }, null],
  [{ after: "x" }, null],
  [{ after: "999999999" }, null],
  [{}, "-1"],
])("paperChanged rejects %.40j with BAD_USER_INPUT", async (variables, lastEventId) => {
  const stream = await open(await serve(), { variables, lastEventId });
  const event = await stream.next();
  expect(event?.data.errors?.[0]?.extensions["code"]).toBe("BAD_USER_INPUT");
  expect(await stream.next()).toBeNull();
});

/** @threat T46 */
it("the 33rd stream of an address is rejected with RATE_LIMITED until another is closed", async () => {
  const server = await serve();
  const streams = await Promise.all(Array.from({ length: 32 }, () => open(server)));
  await Promise.all(streams.map((stream) => stream.beats(1)));
  const refused = await (await open(server)).next();
  expect(refused?.data.errors?.[0]?.extensions["code"]).toBe("RATE_LIMITED");
  streams[0]?.close();
  // The server notices the closed stream a moment later.
  for (let isAccepted = false; !isAccepted; ) {
    const stream = await open(server);
    isAccepted = await stream.beats(2).then(
      () => true,
      () => false,
    );
    stream.close();
  }
});

it("the connection of a client that does not read is ended, and the client can continue from its position", async () => {
  const { rows } = await database.pool.query<{ head: string }>(
    "SELECT max(position)::text AS head FROM changes",
  );
  const after = rows[0]?.head ?? "0";
  const changes = 200;
  const long = "long title ".repeat(2_000);
  await ingestTexts(
    database,
    Array.from({ length: changes }, (_, nth) => text(`${nth} ${long}`)),
  );
  const app = createApp({ database, streamTimes: { heartbeat: 20 }, logError: () => {} });
  const connections = { ...defaultUnreadLimits(2 ** 28), unreadMilliseconds: 100, checkMilliseconds: 20 };
  const server = await startServer({ app, port: 0, host: "127.0.0.1", connections });
  closing.push(() => server.close());
  const ended = new Promise((resolve) => {
    closing.push(
      closedConnections.subscribe((reason) => {
        resolve(reason);
      }),
    );
  });
  // About 26 MB, more than the buffers of the sockets hold, and it is not read.
  const fields = ["a", "b", "c", "d", "e", "f"].map((name) => `${name}: title`).join(" ");
  const query = `subscription { paperChanged(afterPosition: "${after}") { paper { ${fields} } } }`;
  const request = get(
    `${server.url}/graphql?query=${encodeURIComponent(query)}`,
    { headers: { accept: "text/event-stream" } },
    (response) => response.on("error", () => {}),
  );
  request.on("error", () => {});
  expect(await ended).toBe("unread too long");
  request.destroy();
  const stream = await open(await serve(), { variables: { after } });
  const found = await titles(stream, changes);
  expect(found.map((title) => title.split(" ")[0]).sort()).toEqual(
    Array.from({ length: changes }, (_, nth) => String(nth)).sort(),
  );
});

it("the commands of docs/live.md print a change", async () => {
  const commands = [...(await readFile("docs/live.md", "utf8")).matchAll(/^curl (-sN .*)$/gm)];
  expect(commands).toHaveLength(2);
  const server = await serve();
  for (const [, command = ""] of commands) {
    const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? "");
    const { rows } = await database.pool.query<{ head: string }>(
      "SELECT max(position)::text AS head FROM changes",
    );
    const child = spawn(
      "curl",
      words.map((word) =>
        word
          .replace("http://127.0.0.1:4000", server.url)
          .replace("last-event-id: 1050", `last-event-id: ${rows[0]?.head}`),
      ),
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    closing.push(() => child.kill());
    const output = createInterface(child.stdout)[Symbol.asyncIterator]();
    const line = async (start: string) => {
      for (;;) {
        const { value, done } = await output.next();
        if (done) throw new Error("curl ended.");
        if (String(value).startsWith(start)) return String(value);
      }
    };
    // After a heartbeat the subscription is active.
    await line(":");
    await ingestTexts(database, [text("For curl")]);
    expect(await line("data: ")).toContain('"title":"For curl"');
  }
});

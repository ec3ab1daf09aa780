import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { suffixOf } from "../../src/protocol/index.ts";
import { runCli, spawnCli } from "../cli/run-cli.ts";
import { runInProcess } from "../cli/run-in-process.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { registry } from "../protocol/signed-events.ts";
import { databaseUrl } from "../server-connection.ts";
import { cursorOf, headOf, ingestTexts, papers, pathOf, serveMirror, statesOf } from "./mirrors.ts";

let a: TestDatabase;
let b: TestDatabase;
let folder: string;
let env: Record<string, string>;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pith-graph-sync-"));
  const { key_id, signer_id, signer_type, public_key_b64, event_types } = registry;
  const entry = { key_id, signer_id, signer_type, public_key_b64, event_types };
  await writeFile(join(folder, "keyring.json"), JSON.stringify([entry]));
});
beforeEach(async () => {
  [a, b] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  env = { DATABASE_URL: databaseUrl(b.connection), PITH_GRAPH_KEYRING: join(folder, "keyring.json") };
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  await Promise.all([a.drop(), b.drop()]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function serve(...args: Parameters<typeof serveMirror>) {
  const server = await serveMirror(...args);
  closing.push(server.close);
  return server;
}

const allowed = ["--allow-host", "127.0.0.1"];
const documents = papers(8);
const textsOf = (list: typeof documents) => list.map(({ text }) => text);

it("sync continues from its position after it was killed, and reports equal states", async () => {
  await ingestTexts(a, textsOf(documents), "signed");
  const listed = (await a.pool.query("SELECT pith_number FROM changes ORDER BY position")).rows;
  const paths = listed.map((row) => `/pith/${suffixOf(row.pith_number)}/bundle.json`);
  const unanswered: ServerResponse[] = [];
  let isStalled = true;
  const server = await serve(a, (request, response) => {
    // The sixth bundle is never answered.
    if (!isStalled || request.url !== paths[5]) return false;
    unanswered.push(response);
    return true;
  });
  const child = spawnCli(["sync", ...allowed, "--concurrency", "1", server.url], { env });
  await expect.poll(() => cursorOf(b, server.url), { timeout: 60_000 }).toBe(5);
  await expect.poll(() => unanswered.length).toBe(1);
  child.kill("SIGKILL");
  expect(await once(child, "exit")).toEqual([null, "SIGKILL"]);
  expect(Object.keys(await statesOf(b))).toHaveLength(5);

  isStalled = false;
  server.requests.splice(0);
  const { status, stderr } = await runCli(["sync", server.url], {
    env: { ...env, PITH_GRAPH_ALLOW_HOSTS: "other.example, 127.0.0.1" },
  });
  expect(stderr).toContain("3 documents: 3 merged, 0 unchanged");
  expect(stderr).toContain("At the end of the mirror's feed (position 8): both mirrors have the same states");
  expect(status).toBe(0);
  expect(server.requests.filter((url) => url.includes("/bundle.json"))).toEqual(paths.slice(5));
  expect(await statesOf(b)).toEqual(await statesOf(a));
  expect(await headOf(b)).toEqual(await headOf(a));
});

it("sync --follow imports new papers until it is stopped, and exits 143", async () => {
  await ingestTexts(a, textsOf(documents.slice(0, 3)), "signed");
  const server = await serve(a);
  const child = spawnCli(["sync", "--follow", ...allowed, server.url], { env });
  const ended = once(child, "exit");
  await expect.poll(() => cursorOf(b, server.url), { timeout: 60_000 }).toBe(3);
  await ingestTexts(a, textsOf(documents.slice(3)), "signed");
  await expect.poll(() => cursorOf(b, server.url), { timeout: 60_000 }).toBe(8);
  child.kill("SIGTERM");
  expect(await ended).toEqual([143, null]);
  expect(await statesOf(b)).toEqual(await statesOf(a));
});

it("sync names rejected documents and the papers that differ, and exits 1", async () => {
  await ingestTexts(a, textsOf(documents), "signed");
  const [first, second] = [documents[0] ?? expect.fail(), documents[1] ?? expect.fail()];
  const server = await serve(a, (request, response) => {
    if (request.url !== pathOf(first)) return false;
    response.end(second.text);
    return true;
  });
  const { status, stderr } = await runCli(["sync", ...allowed, server.url], { env });
  expect(stderr).toContain(
    `${server.url}${pathOf(first)}: WRONG_PAPER: The document is of another paper: ${second.pithNumber}.`,
  );
  expect(stderr).toContain("1 document rejected: WRONG_PAPER");
  expect(stderr).toContain("the mirrors have different states");
  expect(stderr).toContain(`1 paper differs:\n  1: rejected here, WRONG_PAPER (${first.pithNumber})`);
  expect(status).toBe(1);
});

/** @input I6 */
it("sync exits 3 and names outstanding papers, and quarantine retry fetches them", async () => {
  await ingestTexts(a, textsOf(documents), "signed");
  const [first = expect.fail()] = documents;
  let isBroken = true;
  const server = await serve(a, (request, response) => {
    if (!isBroken || request.url !== pathOf(first)) return false;
    response.writeHead(503).end();
    return true;
  });
  const args = ["sync", ...allowed, server.url];
  const { status, stderr } = await runCli(args, { env });
  expect(stderr).toContain("7 documents: 7 merged, 0 unchanged, 0 rejected");
  expect(stderr).toContain("1 paper outstanding (listed by the mirror, not fetched yet):");
  expect(stderr).toContain("  1: The response has status 503 Service Unavailable.");
  expect(stderr).toContain(`1 paper differs:\n  1: not fetched yet (${first.pithNumber})`);
  expect(status).toBe(3);
  const listed = await runInProcess(["quarantine", "list"], env);
  expect(listed.stdout).toContain(`outstanding  FETCH_FAILED  ${server.url} ${first.pithNumber}`);

  isBroken = false;
  const retried = await runCli(["quarantine", "retry", ...allowed], { env });
  expect(retried.stderr).toContain(`${server.url}: 1 outstanding paper tried again, 1 fetched`);
  expect(retried.status).toBe(0);
  expect(await statesOf(b)).toEqual(await statesOf(a));
  const again = await runCli(args, { env });
  expect([again.status, again.stderr]).toEqual([
    0,
    expect.stringContaining("both mirrors have the same states"),
  ]);
});

it("sync --numbers fetches the papers of a list from a mirror without a feed", async () => {
  await ingestTexts(a, textsOf(documents), "signed");
  const server = await serve(a, (request, response) => {
    if (!request.url?.startsWith("/feed")) return false;
    response.writeHead(404).end();
    return true;
  });
  const without = await runCli(["sync", ...allowed, server.url], { env });
  expect([without.status, without.stderr]).toEqual([3, expect.stringContaining("--numbers <file>")]);
  const list = join(folder, "numbers.txt");
  const [first, second] = [documents[0] ?? expect.fail(), documents[1] ?? expect.fail()];
  await writeFile(list, `# two\n${first.pithNumber}\n\n${suffixOf(second.pithNumber).slice(0, 12)}\n`);
  const { status, stderr } = await runCli(["sync", ...allowed, "--numbers", list, server.url], { env });
  expect(stderr).toContain("2 documents: 2 merged");
  expect(stderr).toContain("2 of 2 numbers done");
  expect(status).toBe(0);
});

it("sync answers wrong arguments with what to do, and exits 2 or 3", async () => {
  const list = join(folder, "bad.txt");
  await writeFile(list, "2301.00001\n");
  // 2: wrong arguments. 3: the mirror cannot be reached, or the policy forbids it.
  const cases: [args: string[], message: string, status?: number][] = [
    [
      ["http://127.0.0.1:1"],
      "error: Can't follow http://127.0.0.1:1. Only https is allowed. To allow http for this host, add --allow-host 127.0.0.1:1.\n",
      3,
    ],
    [["http://127.0.0.1:1"], "add --allow-host 127.0.0.1:1.", 3],
    [["mirror.example.org"], "is not the address of a mirror: write https://mirror.example.org"],
    [[...allowed, "http://127.0.0.1:1"], "Can't follow http://127.0.0.1:1 (/pith-mirrors.json). ", 3],
    [["--allow-host", "http://x", "https://example.org"], "write example.org or example.org:8080"],
    [["--concurrency", "0", "https://example.org"], "from 1 to 64"],
    [["--minimum-proof", "high", "https://example.org"], "must be hash (for a source that you trust)"],
    [["--minimum-proof", "receipt", "https://example.org"], 'signed (for all others), not "receipt"'],
    [["--numbers", list, "https://example.org"], "Line 1 of the list is not a Pith number"],
    [
      ["--numbers", "nowhere.txt", "https://example.org"],
      "Can't read nowhere.txt: no such file or directory.",
    ],
    [["--follow", "--numbers", list, "https://example.org"], "is not a Pith number"],
  ];
  for (const [args, message, expected = 2] of cases) {
    const { status, stderr } = await runInProcess(["sync", ...args], env);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect([args, status]).toEqual([args, expected]);
  }
});

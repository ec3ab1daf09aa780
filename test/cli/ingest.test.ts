import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { acquireEmbeddedServer, type EmbeddedServer } from "../../src/embedded-postgres/index.ts";
import { canonicalJson, parseJson } from "../../src/protocol/index.ts";
import { createTestDatabase } from "../database.ts";
import { copyPreparedData } from "../prepared-data.ts";
import { databaseUrl } from "../server-connection.ts";
import { runCli } from "./run-cli.ts";
import { runInProcess } from "./run-in-process.ts";

const seed = "sample/pith-2302.12192.state.json";
let folder: string;
let env: Record<string, string>;
let server: EmbeddedServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pith-graph-cli-"));
  const dataDirectory = join(folder, "data");
  const prepared = inject("preparedData");
  if (prepared !== null) await copyPreparedData(prepared, dataDirectory);
  // Commands join it: starting and stopping it in each would take longer than the command.
  server = await acquireEmbeddedServer({ dataDirectory });
  env = { PITH_GRAPH_DATA: dataDirectory };
});

afterAll(async () => {
  await server.release();
  await rm(folder, { recursive: true, force: true });
});

test("ingests a folder with plain and gzipped files, and changes nothing when run again", async () => {
  const documents = join(folder, "documents");
  await mkdir(join(documents, "below"), { recursive: true });
  await writeFile(join(documents, "seed.json.gz"), gzipSync(await readFile(seed)));
  await writeFile(join(documents, "below", "forks.ndjson"), await readFile("sample/forks.ndjson"));
  await writeFile(join(documents, "README.txt"), "no document");
  const args = ["ingest", "--keyring", "sample/keyring.json", documents];
  const first = await runCli(args, { env });
  expect(first.stderr).toContain("3 documents: 3 merged, 0 unchanged");
  expect(first.status).toBe(0);
  const second = await runCli(args, { env });
  expect(second.stderr).toContain("3 documents: 0 merged, 3 unchanged");
  expect(second.status).toBe(0);
});

test("exits with 1 and prints the reason of each rejected document, and ingests the rest", async () => {
  const lines = [
    '{"bundle_type":"other"}',
    "no JSON",
    JSON.stringify(JSON.parse(await readFile(seed, "utf8"))),
  ];
  await writeFile(join(folder, "mixed.ndjson"), lines.join("\n"));
  const { status, stderr } = await runCli(["ingest", join(folder, "mixed.ndjson")], { env });
  expect(status).toBe(1);
  expect(stderr).toContain("mixed.ndjson:1: UNSUPPORTED_DOCUMENT");
  expect(stderr).toContain("mixed.ndjson:2: MALFORMED_JSON");
  expect(stderr).toContain("1 document rejected: MALFORMED_JSON");
  expect(stderr).toContain("3 documents: 0 merged, 1 unchanged, 2 rejected");
});

test("exits with 2 if --minimum-proof rejects all documents of standard input, and names the option", async () => {
  const input = await readFile(seed);
  const { status, stderr } = await runCli(["ingest", "--minimum-proof", "signed", "-"], { env, input });
  expect(stderr).toContain("1 document: 0 merged, 0 unchanged, 1 rejected");
  expect(stderr).toContain("1 document rejected because no event was accepted: 2 UNSIGNED");
  expect(stderr).toContain("run the command again with --minimum-proof hash.");
  expect(status).toBe(2);
});

/** @input I8 */
test("skips a byte order mark at the beginning of standard input, and rejects only the bad lines", async () => {
  const line = JSON.stringify(JSON.parse(await readFile(seed, "utf8")));
  const marked = await runCli(["ingest", "-"], { env, input: `\ufeff${line}\n${line}\n` });
  expect([marked.status, marked.stderr]).toEqual([
    0,
    expect.stringContaining("2 documents: 0 merged, 2 unchanged"),
  ]);
  const input = gzipSync(`${line.slice(0, 100)}\n${line}\n\ufeff${line}\n`);
  const cut = await runCli(["ingest", "-"], { env, input });
  expect(cut.status).toBe(1);
  expect(cut.stderr).toContain("standard input:1: MALFORMED_JSON");
  expect(cut.stderr).toContain("standard input:3: MALFORMED_JSON");
  expect(cut.stderr).toContain("3 documents: 0 merged, 1 unchanged, 2 rejected");
});

/** @input I25 */
test("follows a symbolic link to a folder, and exits with 1 for a folder without documents", async () => {
  const [a, b] = [join(folder, "a"), join(folder, "b")];
  await mkdir(a);
  await mkdir(b);
  const empty = await runCli(["ingest", a], { env });
  expect([empty.status, empty.stderr]).toEqual([1, expect.stringContaining(`${a}: no documents`)]);
  await writeFile(join(b, "forks.ndjson"), await readFile("sample/forks.ndjson"));
  await symlink("../b", join(a, "b"));
  await symlink("../a", join(b, "up"));
  const linked = await runCli(["ingest", "--keyring", "sample/keyring.json", a], { env });
  expect(linked.stderr).toContain("2 documents: 0 merged, 2 unchanged");
  expect(linked.stderr).toContain(`skipped: the same folder as ${a}`);
  expect(linked.status).toBe(0);
});

test("exits with 2 without the keyring; quarantine retry and rebuild with it accept the documents", async () => {
  const database = await createTestDatabase();
  const own = { DATABASE_URL: databaseUrl(database.connection) };
  const papers = async () => (await database.pool.query("SELECT FROM papers")).rowCount;
  try {
    const count = 49;
    const refused = await runCli(["ingest", "sample/arxiv-2022-12.ndjson.gz"], { env: own });
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain(`${count} documents: 0 merged, 0 unchanged, ${count} rejected`);
    expect(refused.stderr).toMatch(/49 documents rejected because no event was accepted: \d+ UNKNOWN_SIGNER/);
    expect(refused.stderr).toContain("run the command again with --keyring <file>");
    expect(await papers()).toBe(0);
    const keyring = ["--keyring", "sample/keyring.json"];
    const retried = await runCli(["quarantine", "retry", ...keyring], { env: own });
    expect([retried.status, retried.stderr]).toEqual([
      0,
      `${count} documents verified again, ${count} accepted\n`,
    ]);
    expect(await papers()).toBe(count);
    expect((await runInProcess(["quarantine", "list"], own)).stderr).toBe("The quarantine is empty.\n");

    const forks = await runCli(["ingest", "--json", "sample/forks.ndjson"], { env: own });
    expect(JSON.parse(forks.stdout)).toMatchObject({
      documents: 2,
      merged: 0,
      rejected: { UNKNOWN_SIGNER: 2 },
    });
    const rebuilt = await runCli(["rebuild", "--json", ...keyring], { env: own });
    expect(JSON.parse(rebuilt.stdout)).toMatchObject({ accepted: { documents: 2, events: 0 } });
    expect(await papers()).toBe(count + 2);
    expect((await runInProcess(["check", ...keyring], own)).status).toBe(0);
  } finally {
    await database.drop();
  }
});

test("exports the state that the registry published, and a bundle that merges to the same state", async () => {
  const state = await runCli(["export", "document", "2302.12192"], { env });
  expect(state.stdout).toBe(`${canonicalJson(parseJson(await readFile(seed)))}\n`);
  for (const ref of ["pith:ROU4N4IR", "https://arxiv.org/abs/2302.12192v1", "10.48550/arXiv.2302.12192"]) {
    expect((await runInProcess(["export", "document", ref], env)).stdout).toBe(state.stdout);
  }
  const bundle = await runInProcess(["export", "document", "--bundle", "2302.12192"], env);
  const verified = await runCli(["verify", "--json", "-"], { input: bundle.stdout });
  expect(JSON.parse(verified.stdout)).toMatchObject({
    kind: "bundle",
    stateSha256: "de5711bff540d77cefc0910b3e6dda7160330b8fd6999d0b0f1977c31069c6f3",
  });
});

/** @threat T4 */
test("commands exit with 1, 2 or 3 for each mistake, with a message that says what to change and no stack trace", async () => {
  const cases: [args: string[], environment: Record<string, string>, message: string, status?: number][] = [
    [["ingest", "no-such-file.json"], env, "no-such-file.json: no such file or folder"],
    [["ingest", "--minimum-proof", "high", seed], env, "must be hash (for a source that you trust)"],
    [["ingest", "--minimum-proof", "receipt", seed], env, "anyone can copy it into an event of their own"],
    [["verify", "--minimum-proof", "receipt", seed], env, "anyone can copy it into an event of their own"],
    [["quarantine", "retry", "--minimum-proof", "receipt"], env, 'signed (for all others), not "receipt"'],
    [["serve"], { ...env, PITH_GRAPH_SUBMISSION_PROOF: "receipt" }, 'signed (for all others), not "receipt"'],
    [["ingest", "--batch", "0", seed], env, "must be a whole number from 1 to 100000"],
    [
      ["ingest", "--keyring", "nowhere.json", seed],
      env,
      "Can't read the keyring file nowhere.json: no such file or directory.",
    ],
    [["export", "document", "2401.99999"], env, "No paper matches", 1],
    [["export", "document", "what is this"], env, "Accepted: a Pith number"],
    [
      ["ingest", seed],
      { DATABASE_URL: "mysql://x" },
      "DATABASE_URL must be an address that begins with postgres://",
    ],
    [["ingest", seed], { DATABASE_URL: "postgres://nobody@127.0.0.1:1/none" }, "Check DATABASE_URL", 3],
    [["start"], { PORT: "http" }, "PORT must be a whole number"],
  ];
  for (const [args, environment, message, expected = 2] of cases) {
    const { status, stderr } = await runInProcess(args, environment);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect([args, status]).toEqual([args, expected]);
  }
});

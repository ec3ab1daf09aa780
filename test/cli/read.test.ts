import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ServedDatabase, serveDatabase } from "../../scripts/serve-database.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { ingestDocuments, sampleDocuments, sampleKeyring } from "../ingest/ingest-documents.ts";
import { databaseUrl } from "../server-connection.ts";
import { runCli } from "./run-cli.ts";
import { runInProcess } from "./run-in-process.ts";

let database: TestDatabase;
let served: ServedDatabase;
let env: Record<string, string>;

beforeAll(async () => {
  database = await createTestDatabase();
  await ingestDocuments(database, sampleDocuments(20), { keyring: sampleKeyring });
  served = await serveDatabase(database);
  env = { DATABASE_URL: databaseUrl(database.connection) };
});
afterAll(async () => {
  await served.close();
  await database.drop();
});

test("commands print the same for the database and for --url", async () => {
  const commands = [
    ["paper", "2302.12192", "--json"],
    ["graph", "2302.12192", "--depth", "2", "--json"],
  ];
  for (const command of commands) {
    const [here, there] = [
      await runCli(command, { env }),
      await runCli([...command, "--url", served.origin]),
    ];
    expect(here).toMatchObject({ status: 0, stderr: "" });
    expect(there).toEqual(here);
  }
});

test("reading commands exit with 1 for no result, 2 for wrong use and 3 for an unreachable server", async () => {
  const url = ["--url", served.origin];
  const cases: [args: string[], status: number, message: string][] = [
    [["paper", "2401.99999", ...url], 1, "No paper or cited work matches"],
    [["search", "thereisnosuchword", ...url], 1, ""],
    [["paper", "what is this", ...url], 2, "(BAD_USER_INPUT)"],
    [["graph", "2302.12192", "--depth", "99", ...url], 2, "must be a whole number from 0 to 10"],
    [["graph", "2302.12192", "--direction", "up", ...url], 2, "Allowed choices are references"],
    [["query", "{ nothing }", ...url], 2, "(GRAPHQL_VALIDATION_FAILED)"],
    [["paper", "2302.12192", "--url", "http://127.0.0.1:1"], 3, "Can't reach http://127.0.0.1:1: "],
    [["paper", "2302.12192", "--url", "ftp://x"], 2, "--url must be an address"],
    [
      ["papr", "2302.12192"],
      2,
      "error: Unknown command 'papr'. Did you mean paper?\nRun `pith-graph --help` for usage.\n",
    ],
    [
      ["paper", "2302.12192", "--jsn"],
      2,
      "error: Unknown option '--jsn'. Did you mean --json?\nRun `pith-graph paper --help` for usage.\n",
    ],
    [["--version"], 0, ""],
  ];
  for (const [args, status, message] of cases) {
    const result = await runInProcess(args);
    expect([args, result.status, result.stderr]).toEqual([args, status, expect.stringContaining(message)]);
    expect(result.stderr).not.toMatch(/^\s+at /m);
  }
});

test("paper exits with 3 and creates nothing if there is no data folder", async () => {
  const data = "/nonexistent/pith-graph";
  const { status, stderr } = await runInProcess(["paper", "2302.12192"], { PITH_GRAPH_DATA: data });
  expect(status).toBe(3);
  expect(stderr).toContain(`No data in ${data}`);
});

test("paper prints no control characters of a hostile server, and exits with 3 for an unexpected answer", async () => {
  const title = "\u001b]0;owned\u0007\u202eevil";
  const answers: [answer: unknown, status: number, printed: RegExp][] = [
    [
      { data: { paper: null, work: { title, citedByCount: 1, papers: [], identityConflicts: [] } } },
      0,
      /evil/,
    ],
    [{ data: { paper: {}, work: null } }, 3, /Unexpected response/],
    [{ errors: [{ message: "\u001b[2Jno", extensions: { code: "X" } }] }, 3, /no \(X\)/],
    [[], 3, /Unexpected response/],
  ];
  let answer: unknown;
  const server: Server = createServer((_, response) => response.end(JSON.stringify(answer))).listen(
    0,
    "127.0.0.1",
  );
  await new Promise((resolve) => server.once("listening", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const [given, status, printed] of answers) {
    answer = given;
    const result = await runInProcess(["paper", "2302.12192", "--url", url]);
    expect(result.stdout + result.stderr).toMatch(printed);
    expect(result.stdout + result.stderr).not.toMatch(/[\u001b\u009b]/);
    expect(result.status).toBe(status);
  }
  await new Promise((resolve) => server.close(resolve));
});

test("paper and refs mark signers with the demo key, and never the registry", async () => {
  const url = ["--url", served.origin];
  for (const command of ["paper", "refs"]) {
    expect((await runInProcess([command, "hep-th/9204099", ...url])).stdout).toContain(
      "SIGNED by sample.pith-graph.invalid (pith-graph-sample) [demo key, proves nothing]",
    );
    const registry = await runInProcess([command, "2302.12192", ...url]);
    expect(registry.stdout).toContain("HASH by pith.science (pith-v1-2026-05)");
    expect(registry.stdout).not.toContain("demo key");
  }
});

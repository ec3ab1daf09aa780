import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ServedDatabase, serveDatabase } from "../../scripts/serve-database.ts";
import { CommandError } from "../../src/cli/command-error.ts";
import { shellWord, withSearch } from "../../src/cli/read/read-command.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { ingestDocuments, sampleDocuments, sampleKeyring } from "../ingest/ingest-documents.ts";
import { databaseUrl } from "../server-connection.ts";
import { runInProcess } from "./run-in-process.ts";

let database: TestDatabase;
let served: ServedDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await ingestDocuments(database, sampleDocuments(2), { keyring: sampleKeyring });
  served = await serveDatabase(database);
});
afterAll(async () => {
  await served.close();
  await database.drop();
});

test.each(["paper", "claims", "refs", "graph"])(
  "%s suggests a search for a text that is not a reference, and for an unknown paper",
  async (command) => {
    const env = { PITH_GRAPH_URL: served.origin };
    const wrong = await runInProcess([command, "no reference"], env);
    expect(wrong).toMatchObject({ status: 2, stdout: "" });
    expect(wrong.stderr).toMatch(/names no paper.*\(BAD_USER_INPUT\)/);
    expect(wrong.stderr.trimEnd().split("\n").at(-1)).toBe('Next: pith-graph search "no reference"');

    // Eight letters that could be the beginning of a Pith number's suffix.
    const unknown = await runInProcess([command, "nonsense", "--json"], env);
    expect(unknown.status).toBe(1);
    expect(unknown.stderr).toMatch(
      /cited work matches "nonsense".*\(NOT_FOUND\)\nNext: pith-graph search "nonsense"\n$/,
    );
    expect(JSON.parse(unknown.stdout)).toEqual({
      errors: [
        {
          message: expect.stringContaining('matches "nonsense"'),
          extensions: { code: "NOT_FOUND", next: 'pith-graph search "nonsense"' },
        },
      ],
    });
  },
);

test("commands suggest the same on the database, and exit with 2 and a code for each mistake", async () => {
  const env = { DATABASE_URL: databaseUrl(database.connection) };
  const local = async (args: string[]) => {
    const { status, stdout } = await runInProcess(args, env);
    const { errors } = JSON.parse(stdout) as { errors: { extensions: { code: string; next?: string } }[] };
    return [status, errors[0]?.extensions];
  };
  expect(await local(["graph", "2302.12192", "no reference", "--json"])).toEqual([
    2,
    { code: "BAD_USER_INPUT", next: 'pith-graph search "no reference"' },
  ]);
  const mistakes: [query: string, code: string][] = [
    ["{", "GRAPHQL_PARSE_FAILED"],
    ["{ nothing }", "GRAPHQL_VALIDATION_FAILED"],
    ["query ($ref: String!) { paper(ref: $ref) { title } }", "BAD_USER_INPUT"],
    ["subscription { paperChanged { position } }", "BAD_USER_INPUT"],
  ];
  for (const [query, code] of mistakes) {
    const { status, stderr } = await runInProcess(["query", query], env);
    expect([query, status, stderr]).toEqual([query, 2, expect.stringContaining(`(${code})`)]);
  }
});

test("claims and refs of a work that is only cited exit with 1 and suggest `paper`", async () => {
  const { rows } = await database.pool.query<{ key: string }>(
    "SELECT key FROM works WHERE paper_id IS NULL AND key LIKE 'arxiv:%' ORDER BY key LIMIT 1",
  );
  const ref = rows[0]?.key.slice("arxiv:".length) ?? expect.fail();
  for (const command of ["claims", "refs"]) {
    const { status, stderr } = await runInProcess([command, ref], { PITH_GRAPH_URL: served.origin });
    expect([status, stderr]).toEqual([1, expect.stringContaining("is not stored, only cited")]);
    expect(stderr.trimEnd().split("\n").at(-1)).toBe(`Next: pith-graph paper "${ref}"`);
  }
});

test("a suggested command quotes a text as one word of the shell, without control characters", async () => {
  const hostile = ["a b", "$(id)", "`id`", 'it\'s "so"', "a\\", "!1", "$HOME's"];
  for (const text of hostile) {
    const printed = execFileSync("bash", ["-c", `printf %s ${shellWord(text)}`], { encoding: "utf8" });
    expect(printed).toBe(text);
  }
  const next = async (ref: string) => {
    const error = await withSearch(new CommandError("", 1, { code: "NOT_FOUND" }), [ref]);
    return error instanceof CommandError ? error.details.next : "";
  };
  expect(await next("\u001b[2Jred\u202e fox")).toBe('pith-graph search "[2Jred fox"');
  expect(await next("-v")).toBe('pith-graph search -- "-v"');
  expect(await next("\u0000 ")).toBeUndefined();
  expect(await next("x".repeat(201))).toBeUndefined();
});

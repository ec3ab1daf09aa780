import { expect, test } from "vitest";
import { exitStatus } from "../../src/cli/command-error.ts";
import { createProgram } from "../../src/cli/program.ts";
import { runInProcess } from "./run-in-process.ts";

/** An unreachable database: a command that tried to connect would exit with another status. */
const env = { DATABASE_URL: "postgres://nobody@127.0.0.1:1/none" };

const wrong: readonly (readonly string[])[] = [
  [],
  ["nonsense"],
  ["start", "--port", "http"],
  ["start", "now"],
  ["serve", "--port", "99999"],
  ["serve", "--keyring", "nowhere.json"],
  // A worker that started would treat this process as its parent.
  ["worker", "1"],
  ["token", "ada", "grace"],
  ["status", "now"],
  ["status", "--url", "ftp://x"],
  ["papers", "2302.12192"],
  ["papers", "--order", "random"],
  ["papers", "--year-from", "now"],
  ["papers", "--limit", "1001"],
  ["papers", "--format", "xml"],
  ["papers", "--format", "csv", "--json"],
  ["cite"],
  ["cite", "2302.12192", "--style", "word"],
  ["open", "2302.12192", "--url", "javascript:alert(1)"],
  ["paper"],
  ["paper", "2302.12192", "--url", "ftp://x"],
  ["paper", "2302.12192", "--url", "http://user:hunter2@127.0.0.1:1"],
  ["claims", "2302.12192", "--limit", "0"],
  ["refs", "2302.12192", "--limit", "1.5"],
  ["refs", "2302.12192", "--only", "some"],
  ["graph"],
  ["graph", "2302.12192", "--depth", "11"],
  ["graph", "2302.12192", "--max-nodes", "5001"],
  ["graph", "2302.12192", "--children", "0x10"],
  ["search"],
  ["search", "words", "--limit", "101"],
  ["query"],
  ["query", "{ status { papers } }", "--file", "query.graphql"],
  ["query", "--file", "nowhere.graphql"],
  ["query", "{ status { papers } }", "--variables", "[]"],
  ["ingest"],
  ["ingest", "nowhere.json"],
  ["ingest", "sample", "--threads", "0"],
  ["ingest", "sample", "--batch", "many"],
  ["ingest", "sample", "--minimum-proof", "high"],
  ["sync"],
  ["sync", "mirror.example.org"],
  ["sync", "https://mirror.example.org", "--concurrency", "65"],
  ["sync", "https://mirror.example.org", "--allow-host", "http://x"],
  ["sync", "https://mirror.example.org", "--numbers", "nowhere.txt"],
  ["sync", "https://mirror.example.org", "--minimum-proof", "high"],
  ["compare", "https://mirror.example.org"],
  ["compare", "https://mirror.example.org", "mirror.example.org"],
  ["verify"],
  ["verify", "nowhere.json"],
  ["verify", "--minimum-proof", "high", "sample"],
  ["export"],
  ["export", "papers"],
  ["export", "2302.12192", "--bundle"],
  ["export", "document"],
  ["export", "table", "nothing"],
  ["export", "table", "papers", "--format", "xml"],
  ["export", "dump"],
  ["export", "dump", "folder", "--format", "csv,xml"],
  ["export", "graph", "--depth", "-1"],
  ["export", "graph", "--maximum-works", "0"],
  ["export", "graph", "--format", "vosviewer"],
  ["export", "bibliography"],
  ["analyst"],
  ["analyst", "Ada Lovelace"],
  ["analyst", "pg_ada"],
  ["analyst", "ada", "--statement-seconds", "0"],
  ["refresh", "papers"],
  ["quarantine"],
  ["quarantine", "list", "--limit", "0"],
  ["quarantine", "list", "--limit", "1e3"],
  ["quarantine", "show", "nonsense"],
  ["quarantine", "retry", ""],
  ["quarantine", "remove", ""],
  ["quarantine", "remove", "nonsense"],
  ["demo", "now"],
  ["doctor", "now"],
  ["check", "--keyring", "nowhere.json"],
  ["rebuild", "--keyring", "nowhere.json"],
  ["migrate", "--down"],
  ["backup"],
  ["restore"],
  ["restore", "nowhere.gz"],
  ["restore", "sample"],
  ["config", "--port", "http"],
  ["distribute", "--shards", "0"],
  ["distribute", "--graph-shards", "1025"],
  ["conformance"],
  ["conformance", "nowhere"],
  ["completion", "tcsh"],
];

test.each(wrong.map((args) => [args.join(" "), args] as const))(
  "pith-graph %s exits with 2",
  async (_, args) => {
    const { status, stdout, stderr } = await runInProcess(args, env);
    expect([status, stderr]).toEqual([exitStatus.usage, expect.stringMatching(/\S/)]);
    expect(stdout).toBe("");
    expect(stderr).not.toMatch(/^ {4}at |hunter2/m);
  },
);

test("analyst exits with 2 for a password of less than 12 characters", async () => {
  const { status, stderr } = await runInProcess(["analyst", "ada"], {
    ...env,
    PITH_GRAPH_ANALYST_PASSWORD: "short",
  });
  expect([status, stderr]).toEqual([exitStatus.usage, expect.stringContaining("12 to 200")]);
});

test("the wrong uses above include every command", async () => {
  const { commands } = await createProgram();
  const tried = new Set(wrong.map(([name]) => name));
  for (const command of commands) expect(tried).toContain(command.name());
});

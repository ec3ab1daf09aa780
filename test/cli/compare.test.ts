import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { ingestTexts, type Listening, papers, serveMirror, withAnchor } from "../mirror/mirrors.ts";
import { runInProcess } from "./run-in-process.ts";

const documents = papers(4);
const [first = expect.fail(), second = expect.fail(), third = expect.fail(), fourth = expect.fail()] =
  documents;
const databases: TestDatabase[] = [];
const servers: Listening[] = [];

async function mirrorOf(texts: readonly string[]): Promise<string> {
  const database = await createTestDatabase();
  databases.push(database);
  await ingestTexts(database, texts);
  const server = await serveMirror(database);
  servers.push(server);
  return server.url;
}

let a: string;
let sameAsA: string;
let b: string;

beforeAll(async () => {
  a = await mirrorOf([first.text, second.text, third.text]);
  sameAsA = await mirrorOf([third.text, second.text, first.text]);
  b = await mirrorOf([first.text, withAnchor(second, "2026-06-02T12:00:00Z"), fourth.text]);
});
afterAll(async () => {
  for (const server of servers) await server.close();
  for (const database of databases) await database.drop();
});

const compare = (...args: string[]) => runInProcess(["compare", "--allow-host", "127.0.0.1", ...args]);

test("ends with 0 if two mirrors have the same states, in whatever order they came", async () => {
  const { status, stdout, stderr } = await compare(a, sameAsA);
  expect([status, stdout, stderr]).toEqual([0, "", "Both mirrors have the same states.\n"]);
});

test("lists each paper that differs, and ends with 1", async () => {
  const { status, stdout, stderr } = await compare(a, b);
  expect([status, stderr]).toEqual([1, "3 differences.\n"]);
  expect(stdout.trimEnd().split("\n")).toEqual(
    [
      `${third.pithNumber}  only on ${a}`,
      `${fourth.pithNumber}  only on ${b}`,
      `${second.pithNumber}  different states`,
    ].sort(),
  );
  const json = await compare(b, a, "--json");
  expect(json).toMatchObject({ status: 1, stderr: "" });
  const { differences } = JSON.parse(json.stdout) as { differences: { pithNumber: string }[] };
  expect(new Map(differences.map((one) => [one.pithNumber, one]))).toEqual(
    new Map(
      [
        { pithNumber: second.pithNumber, difference: "OTHER_STATE" },
        { pithNumber: third.pithNumber, difference: "ONLY_SECOND" },
        { pithNumber: fourth.pithNumber, difference: "ONLY_FIRST" },
      ].map((one) => [one.pithNumber, one]),
    ),
  );
});

test("ends with 3 if a mirror may not be reached, and names the option", async () => {
  const { status, stdout, stderr } = await runInProcess(["compare", a, b]);
  expect([status, stdout]).toEqual([3, ""]);
  expect(stderr).toContain("--allow-host 127.0.0.1");
});

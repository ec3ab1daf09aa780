import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli } from "./run-cli.ts";
import { runInProcess } from "./run-in-process.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pith-graph-vectors-"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test("conformance passes all vectors of test/vectors and exits with 0", async () => {
  const { status, stdout } = await runCli(["conformance", "test/vectors"]);
  expect(stdout).toMatch(/^[1-9]\d* passed, 0 failed\n$/);
  expect(status).toBe(0);
});

test("conformance exits with 1 and prints the difference of a vector with another expectation", async () => {
  const vector = await readFile("test/vectors/merge-fork.json", "utf8");
  const changed = vector.replace('"equivocation_count": 1', '"equivocation_count": 2');
  expect(changed).not.toBe(vector);
  await writeFile(join(folder, "merge-fork.json"), changed);
  await copyFile("test/vectors/canonical-text.json", join(folder, "canonical-text.json"));
  await writeFile(
    join(folder, "merge-created-before-link.json"),
    `\ufeff${await readFile("test/vectors/merge-created-before-link.json", "utf8")}`,
  );
  await writeFile(join(folder, "receipts.json"), "no JSON");
  await writeFile(join(folder, "notes.txt"), "not a vector");
  const { status, stdout } = await runInProcess(["conformance", folder]);
  expect(status).toBe(1);
  expect(stdout).toContain("FAILED merge-fork.json: state.equivocation_count: expected 2, got 1");
  expect(stdout).toContain("FAILED receipts.json: not test vectors");
  expect(stdout).toMatch(/^\d+ passed, 4 failed$/m);
});

test("conformance exits with 1 for a folder without vectors", async () => {
  const { status, stderr } = await runInProcess(["conformance", "docs"]);
  expect(status).toBe(1);
  expect(stderr).toContain("No test vectors in");
});

import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCli } from "./run-cli.ts";
import { runInProcess } from "./run-in-process.ts";

const seed = "sample/pith-2302.12192.state.json";

test("verify exits with 0 for the registry's document, and prints every check and event", async () => {
  const { status, stdout } = await runCli(["verify", seed]);
  expect(status).toBe(0);
  expect(stdout).toContain("de5711bff540d77cefc0910b3e6dda7160330b8fd6999d0b0f1977c31069c6f3");
  expect(stdout).toMatch(/PASSED +receipt/);
  expect(stdout).toMatch(/NOT_CHECKABLE referencesHash/);
  expect(stdout).toMatch(/sha256:3ce70df0\w+ record_created by pith\.science .*proof receipt: current/);
  expect(stdout).toContain("no failures");
});

test("verify exits with 1 for a copy with one changed letter, and names the hashes that do not match", async () => {
  const text = await readFile(seed, "utf8");
  const changed = text.replace("colors, counts and backgrounds", "colors, count and backgrounds");
  expect(changed).not.toBe(text);
  const { status, stdout } = await runCli(["verify", "-"], { input: changed });
  expect(status).toBe(1);
  expect(stdout).toContain("STATE_HASH_MISMATCH");
  // The claims are in the snapshot; the record is unchanged.
  expect(stdout).toContain(
    "graph_snapshot sha256:2dd1ca0a3fd9b18f4132f26591c1606d4cff3ac4add15686da72a23d57dcfce0",
  );
  expect(stdout).not.toContain("record_created sha256:3ce70df0");
});

test("verify --json prints the checks and events as one object", async () => {
  const { status, stdout } = await runInProcess(["verify", "--json", seed]);
  expect(status).toBe(0);
  const report = JSON.parse(stdout);
  expect(report.pithNumber).toBe("pith:2023:ROU4N4IRYZ3HV3M7HKTK3YY643");
  expect(report.checks).toEqual({
    recordHash: "PASSED",
    receipt: "PASSED",
    titleBinding: "PASSED",
    claimsHash: "PASSED",
    referencesHash: "NOT_CHECKABLE",
    publishedStateHash: "PASSED",
  });
  expect(report.events.map((event: { proof: string }) => event.proof)).toEqual(["receipt", "hash"]);
});

/** @threat T6 */
test("verify exits with 1 and rejects each event whose key is not in the keyring with UNKNOWN_SIGNER", async () => {
  const { status, stdout } = await runInProcess(["verify", "sample/forks.ndjson"]);
  expect(status).toBe(1);
  expect(stdout).toContain("refused (UNKNOWN_SIGNER)");
});

test("verify with the sample's keyring prints forks, and invalid events with their reasons", async () => {
  const { status, stdout } = await runInProcess([
    "verify",
    "--keyring",
    "sample/keyring.json",
    "sample/forks.ndjson",
  ]);
  expect(status).toBe(1);
  expect(stdout).toContain("FORK: sha256:");
  expect(stdout).toContain("invalid (SNAPSHOT_HASH_MISMATCH)");
  expect(stdout).toMatch(/: superseded$/m);
  expect(stdout).toMatch(/: not_applied$/m);
});

test("verify --json prints a line for each document of a folder, and exits with 2 for an empty one", async () => {
  const folder = await mkdtemp(join(tmpdir(), "pith-graph-verify-"));
  try {
    await copyFile(seed, join(folder, "a.json"));
    await writeFile(join(folder, "b.json"), "no JSON");
    const { status, stdout } = await runInProcess(["verify", "--json", folder]);
    expect(
      stdout
        .trimEnd()
        .split("\n")
        .map((line) => Object.keys(JSON.parse(line) as object)[1]),
    ).toEqual(["kind", "error"]);
    expect(status).toBe(1);
    await rm(join(folder, "b.json"));
    await rm(join(folder, "a.json"));
    expect(await runInProcess(["verify", folder])).toMatchObject({ status: 2, stdout: "" });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("verify exits with 2 and names the keyring's entry for a malformed or small-order key", async () => {
  const entry = (key: string) =>
    JSON.stringify([
      {
        key_id: "my-key",
        signer_id: "me",
        signer_type: "x",
        public_key_b64: key,
        event_types: ["correction"],
      },
    ]);
  const folder = await mkdtemp(join(tmpdir(), "pith-graph-keyring-"));
  try {
    const file = join(folder, "keyring.json");
    const cases = { [`${"A".repeat(43)}=`]: "small order", "not base64": "padded base64" };
    for (const [key, reason] of Object.entries(cases)) {
      await writeFile(file, entry(key));
      const result = await runInProcess(["verify", "--keyring", file, seed]);
      expect(result.status).toBe(2);
      expect(result.stderr).toContain('"my-key"');
      expect(result.stderr).toContain(reason);
      expect(result.stdout).toBe("");
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("verify accepts a key that is in two keyrings", async () => {
  const env = { PITH_GRAPH_KEYRING: "sample/keyring.json" };
  const args = ["verify", "--keyring", "sample/keyring.json", "sample/arxiv-2022-12.ndjson.gz"];
  const { status, stdout } = await runInProcess(args, env);
  expect(status).toBe(0);
  expect(stdout).not.toContain("FAILED");
});

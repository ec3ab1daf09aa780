import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { missing } from "./run-program.ts";
import { type SampleServer, startSampleServer } from "./sample-server.ts";

let server: SampleServer;
let folder: string;

beforeAll(async () => {
  server = await startSampleServer();
  folder = await mkdtemp(join(tmpdir(), "pith-graph-plots-"));
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const noPython = missing("python3", ["--version"], "python3");

test.skipIf(noPython !== "")(
  `the notebook's cells run on the sample, and write their plots${noPython}`,
  async () => {
    // The server's address without a path, as for the command line.
    const env = { ...process.env, PITH_GRAPH_URL: new URL(server.url).origin, PITH_GRAPH_PLOTS: folder };
    const { stdout, stderr } = await new Promise<{ stdout: string; stderr: string }>((resolve) => {
      execFile("python3", ["examples/notebook/run.py"], { env }, (_error, stdout, stderr) =>
        resolve({ stdout, stderr }),
      );
    });
    expect(stderr).toBe("");
    // The sample's most cited hep-th work is an anchor of most others.
    expect(stdout).toMatch(/^ 1 +\d+ {2}hep-th\/\d{7}$/m);
    expect(stdout).toMatch(/^\d+ papers of hep-th that no work is anchored in$/m);
    expect(stdout).toMatch(/^\d+ steps: hep-th\/\d{7} -> /m);
    // The sample's papers of hep-th come without claims.
    expect(stdout).toMatch(/^0 claims$/m);
    expect((await readdir(folder)).sort()).toEqual(["anchor-rate.svg", "anchoring-works.svg"]);
    const bars = await readFile(join(folder, "anchoring-works.svg"), "utf8");
    expect(bars.match(/<rect /g)).toHaveLength(8);
  },
);

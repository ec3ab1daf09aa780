import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { fillWithSample } from "../../scripts/serve-database.ts";
import { loadKeyring } from "../../src/cli/keyring-file.ts";
import { sampleKeyringPath } from "../../src/cli/sample.ts";
import { readConfig } from "../../src/config/index.ts";
import { startGraph } from "../../src/graph/index.ts";
import { createApp } from "../../src/server/index.ts";
import { runWorker } from "../../src/submissions/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { databaseUrl } from "../server-connection.ts";

/** The running pith-graph for the commands and queries of all pages, and the folder in which they run. */
export type Instance = {
  readonly origin: string;
  readonly database: TestDatabase;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
};

/** $TOKEN in the pages. */
const token = "the-token-of-the-pages";

/**
 * A server with the sample that accepts submissions. The folder has the files that CONTRIBUTING.md lists: `bundles/`,
 * `bundle.json`, `more.ndjson.gz`, `many.ndjson.gz`, and `sample/`, `examples/`, `test/vectors/`, `schema.graphql` of
 * the checkout. `pith-graph` is on the PATH, and `npx` runs it and tsx.
 */
export async function startInstance(): Promise<Instance> {
  const database = await createTestDatabase();
  await fillWithSample(database);
  const graph = startGraph(database);
  await graph.waitUntilLoaded(AbortSignal.timeout(60_000));
  const sha256 = createHash("sha256").update(token).digest("hex");
  const { submissions } = readConfig({ PITH_GRAPH_TOKENS: `pages:${sha256}` });
  const app = createApp({ database, graph, submissions });
  const server = createServer(app.handle).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const ending = new AbortController();
  const keyring = await loadKeyring([sampleKeyringPath]);
  const working = runWorker(database, {
    keyring,
    signal: ending.signal,
    onFault: () => {},
    onListening: () => {},
  });
  const commands = await startCommandServer();
  const folder = await layOutFolder(commands.port);
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    database,
    folder,
    environment: {
      PATH: `${join(folder, ".bin")}:${process.env["PATH"] ?? ""}`,
      HOME: folder,
      LANG: "C.UTF-8",
      NO_COLOR: "1",
      TOKEN: token,
      DATABASE_URL: databaseUrl(database.connection),
      PITH_GRAPH_URL: origin,
      PITH_GRAPH_KEYRING: sampleKeyringPath,
    },
    close: async () => {
      commands.close();
      ending.abort();
      await working;
      app.stopWaiting();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await app.close();
      await graph.close();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Starts command-server.mjs, which runs most commands. */
async function startCommandServer(): Promise<{ readonly port: number; close(): void }> {
  const server = spawn(process.execPath, [resolve("test/docs/command-server.mjs")], {
    env: { ...process.env, NODE_ENV: "production" },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [port] = (await once(server.stdout, "data")) as [Buffer];
  return { port: Number(port), close: () => server.stdin.end() };
}

/**
 * `pith-graph` for the pages. `ingest` runs in a separate process because it starts threads and lowers its priority. So
 * does the first run of each command of the README's beginning, to start like a user's.
 */
function programText(launcher: string, commandsPort: number): string {
  return `process() { exec ${JSON.stringify(process.execPath)} ${JSON.stringify(launcher)} "$@"; }
case $1 in
  ingest) process "$@" ;;
  paper|graph|verify|export|doctor) mkdir "$HOME/.bin/started-$1" 2> /dev/null && process "$@" ;;
esac
given=$(mktemp -d)
trap 'rm -r "$given"' EXIT
: > "$given/input"
for argument in "$@"; do if [ "$argument" = - ]; then cat > "$given/input"; fi; done
pwd > "$given/directory"
printf '%s\\0' "$@" > "$given/arguments"
env -0 > "$given/environment"
exec 3<> /dev/tcp/127.0.0.1/${commandsPort}
echo "$given" >&3
read -r status <&3 || status=70
cat "$given/output"
cat "$given/errors" >&2
exit "$status"`;
}

async function layOutFolder(commandsPort: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "pith-graph-docs-"));
  for (const name of ["sample", "examples", "schema.graphql", "node_modules", "package.json"]) {
    await symlink(resolve(name), join(folder, name));
  }
  await cp("test/vectors", join(folder, "test", "vectors"), { recursive: true });
  const lines = gunzipSync(await readFile("sample/arxiv-2022-12.ndjson.gz"))
    .toString("utf8")
    .split("\n");
  const some = gzipSync(`${lines.slice(0, 3).join("\n")}\n`);
  await mkdir(join(folder, "bundles"));
  await writeFile(join(folder, "bundles", "one.json"), lines[0] ?? "");
  await writeFile(join(folder, "bundle.json"), lines[1] ?? "");
  await writeFile(join(folder, "more.ndjson.gz"), some);
  await writeFile(join(folder, "many.ndjson.gz"), some);
  const launcher = resolve("bin/pith-graph.js");
  await mkdir(join(folder, ".bin"));
  const programs = {
    "pith-graph": programText(launcher, commandsPort),
    npx: `program=$1; shift
case $program in
  pith-graph) exec pith-graph "$@" ;;
  tsx) exec ${JSON.stringify(resolve("node_modules/.bin/tsx"))} "$@" ;;
  *) echo "npx $program is not for these pages" >&2; exit 127 ;;
esac`,
  };
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(folder, ".bin", name), `#!/bin/bash\n${script}\n`);
    await chmod(join(folder, ".bin", name), 0o755);
  }
  return folder;
}

import { type ChildProcess, execFile, execFileSync, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { freePort } from "../free-port.ts";

/*
 * Runs the commands of docker-compose.replicas.yml without the image, with PostgreSQL's tools from Debian, which the
 * embedded server lacks. Skipped on other systems.
 */

const run = promisify(execFile);
const installed = "/usr/lib/postgresql";
const [bin] = existsSync(installed)
  ? readdirSync(installed)
      .sort((a, b) => Number(b) - Number(a))
      .map((version) => join(installed, version, "bin"))
      .filter((path) => ["initdb", "postgres", "pg_basebackup"].every((name) => existsSync(join(path, name))))
  : [];
const isRoot = process.getuid?.() === 0;

const { services } = parse(readFileSync("docker-compose.replicas.yml", "utf8"));
const [, , ...options] = services.replica.command as string[];
const password = "it's $secret";
let folder: string;
let user: { uid: number; gid: number };
const servers: ChildProcess[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pith-graph-compose-"));
  cpSync("deploy/postgres", folder, { recursive: true });
});
afterAll(async () => {
  for (const server of servers.filter(({ exitCode }) => exitCode === null)) {
    const ended = once(server, "close");
    server.kill("SIGINT");
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
});

/** Options to run a command as the image's user, with only the given environment. */
const as = (env: Record<string, string>): SpawnOptions => ({
  ...user,
  cwd: folder,
  env: { PATH: `${bin}:${process.env["PATH"]}`, ...env },
});

/** Resolves once the server accepts connections. */
async function started(
  command: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<ChildProcess> {
  const server = spawn(command, args, { ...as(env), stdio: ["ignore", "ignore", "pipe"] });
  servers.push(server);
  let output = "";
  await new Promise<void>((resolve, reject) => {
    server.stderr?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (/ready to accept (?:read-only )?connections/.test(output)) resolve();
    });
    server.on("close", (status) => reject(new Error(`ended with ${status}: ${output}`)));
  });
  return server;
}

test("the replica copies a new primary, follows it, and continues with its copy after a restart", async (context) => {
  if (bin === undefined || !isRoot)
    context.skip("PostgreSQL of Debian is not installed, or this is not root");
  const idOf = (what: string) => Number(execFileSync("id", [what, "postgres"], { encoding: "utf8" }));
  user = { uid: idOf("-u"), gid: idOf("-g") };
  chownSync(folder, user.uid, user.gid);
  const [primary, replica] = ["primary", "replica"].map((name) => join(folder, name)) as [string, string];
  const [port, replicaPort] = [String(await freePort()), String(await freePort())];
  const owner = { PGHOST: "127.0.0.1", POSTGRES_USER: "pith", POSTGRES_DB: "pith_graph" };
  const sql = async (at: string, text: string) => {
    const words = ["-h", "127.0.0.1", "-p", at, "-U", "pith", "-d", "pith_graph", "-Atc", text];
    return (await run("psql", words, as({}))).stdout.toString().trim();
  };

  await run("initdb", ["-D", primary, "-U", "pith", "-A", "trust"], as({}));
  const first = await started("postgres", ["-D", primary, "-p", port], {});
  await run("createdb", ["-h", "127.0.0.1", "-p", port, "-U", "pith", "pith_graph"], as({}));
  // The image runs such scripts before it restarts the server.
  const given = { ...owner, PGPORT: port, PGDATA: primary, REPLICATION_PASSWORD: password };
  await run("bash", ["allow-replicas.sh"], as(given));
  const stopped = once(first, "close");
  first.kill("SIGINT");
  await stopped;
  await started("postgres", ["-D", primary, "-p", port], {});
  await sql(port, "CREATE TABLE copied AS SELECT 1 AS value");

  mkdirSync(replica, { mode: 0o700 });
  // Left by an incomplete copy.
  mkdirSync(join(replica, "base"));
  for (const path of [replica, join(replica, "base")]) chownSync(path, user.uid, user.gid);
  const environment = {
    PRIMARY_HOST: "127.0.0.1",
    PRIMARY_PORT: port,
    REPLICATION_PASSWORD: password,
    PGDATA: replica,
    PGPORT: replicaPort,
  };
  for (const round of [1, 2]) {
    const server = await started("bash", ["start-replica.sh", ...options], environment);
    await sql(port, `CREATE TABLE followed_${round} AS SELECT 1 AS value`);
    const seen = () =>
      sql(
        replicaPort,
        `SELECT to_regclass('copied') IS NOT NULL AND to_regclass('followed_${round}') IS NOT NULL`,
      );
    await expect.poll(seen, { timeout: 30_000 }).toBe("t");
    expect(
      await sql(replicaPort, "SELECT pg_is_in_recovery(), current_setting('hot_standby_feedback')"),
    ).toBe("t|on");
    const [, ...healthy] = services.replica.healthcheck.test as string[];
    await run(healthy[0] ?? "", healthy.slice(1), as({ PGHOST: "127.0.0.1", PGPORT: replicaPort }));
    const ended = once(server, "close");
    server.kill("SIGINT");
    await ended;
  }
});

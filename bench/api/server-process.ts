import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { launcher } from "../../scripts/started-server.ts";
import { peerNode } from "../peers/install.ts";

/** A measured server in a separate process. */
export type ServerProcess = {
  readonly port: number;
  readonly pid: number | undefined;
  /** Seconds of CPU of the process, without PostgreSQL; NaN if there is no /proc. */
  cpuSeconds(): number;
  close(): Promise<void>;
};

export type Start = {
  /** The file and its arguments. */
  readonly command: readonly string[];
  readonly databaseUrl?: string;
  readonly environment?: Readonly<Record<string, string>>;
};

/** Starts a file that prints `listening PORT`, or pith-graph, which prints its address, and waits for that. */
export async function startProcess({ command, databaseUrl, environment }: Start): Promise<ServerProcess> {
  const child = spawn(peerNode().path, ["--disable-warning=ExperimentalWarning", ...command], {
    env: {
      ...process.env,
      NODE_ENV: "production",
      GRAPHILE_ENV: "production",
      ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
      ...environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let errors = "";
  let isClosing = false;
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const ended = new Promise<void>((resolve) => {
    child.on("close", (status) => {
      // Its output matters only if it fails.
      if (status !== 0 && !isClosing) console.error(errors);
      resolve();
    });
  });
  const port = await portOf(child, command.join(" "));
  return {
    port,
    pid: child.pid,
    cpuSeconds: () => cpuSecondsOf(child.pid),
    close: () => {
      isClosing = true;
      child.kill("SIGTERM");
      return ended;
    },
  };
}

function portOf(child: ChildProcess, name: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let output = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      const port = /listening (\d+)\n/.exec(output)?.[1] ?? /ready: http:\/\/[^/]+:(\d+)\//.exec(output)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
    child.on("close", () => reject(new Error(`${name} ended: ${output}`)));
  });
}

function cpuSecondsOf(pid: number | undefined): number {
  try {
    // Fields 14 and 15, in ticks of 10 ms, counted after the name, which may have spaces.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /, "")
      .split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return Number.NaN;
  }
}

function file(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

/** A server of bench/peers. */
export function startPeer(name: string, databaseUrl: string): Promise<ServerProcess> {
  return startProcess({ command: [file(`../peers/${name}`)], databaseUrl });
}

const arguments_ = ["start", "--no-sample", "--port", "0"];

/** pith-graph in one process, like `npm start`; ready once the citation graph is in memory. */
export async function startPithGraph(
  databaseUrl: string,
  environment: Readonly<Record<string, string>>,
): Promise<ServerProcess> {
  const server = await startProcess({ command: [launcher, ...arguments_], databaseUrl, environment });
  await graphsLoaded(server.port, 1);
  return server;
}

/** pith-graph in several processes on one port, by node:cluster. */
export async function startPithGraphCluster(
  databaseUrl: string,
  environment: Readonly<Record<string, string>>,
  processes: number,
): Promise<ServerProcess> {
  const command = [file("./cluster.ts"), String(processes), launcher, ...arguments_];
  const server = await startProcess({ command, databaseUrl, environment });
  await graphsLoaded(server.port, processes);
  // The CPU of the primary process, which only distributes connections, would mean nothing.
  return { ...server, cpuSeconds: () => Number.NaN };
}

/** Waits until each process has its graph in memory. Connections go to them in turn. */
async function graphsLoaded(port: number, processes: number): Promise<void> {
  for (let loaded = 0; loaded < 2 * processes; ) {
    const response = await fetch(`http://127.0.0.1:${port}/health`, { headers: { connection: "close" } });
    const { graph } = (await response.json()) as { graph: { isLoaded: boolean } };
    loaded = graph.isLoaded ? loaded + 1 : 0;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

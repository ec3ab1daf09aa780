import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

type ApplicationEvent = { event: string; [key: string]: unknown };

/** application.mjs in a separate process. */
export class Application {
  readonly process: ChildProcess;
  readonly exited: Promise<{ status: number | null; signal: NodeJS.Signals | null }>;
  private readonly events: ApplicationEvent[] = [];
  private readonly waiting = new Set<() => void>();
  private ended = false;
  private errors = "";

  constructor(
    dataDirectory: string,
    options: {
      fault?: readonly [line: string, signal: NodeJS.Signals];
      uid?: number;
      checkout?: string;
    } = {},
  ) {
    const checkout = options.checkout ?? process.cwd();
    const program = join(checkout, "test/store/embedded-support/application.mjs");
    const parameters = [program, dataDirectory, ...(options.fault ?? [])];
    this.process = spawn(process.execPath, parameters, {
      cwd: checkout,
      // In its own process group, which is signalled like by a terminal.
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
      ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
    });
    this.process.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.errors += text;
    });
    if (this.process.stdout === null) throw new Error("no output");
    createInterface({ input: this.process.stdout }).on("line", (line) => {
      this.events.push(JSON.parse(line) as ApplicationEvent);
      this.wake();
    });
    this.exited = new Promise((resolve) => {
      this.process.on("close", (status, signal) => {
        this.ended = true;
        this.wake();
        resolve({ status, signal });
      });
    });
  }

  /** Waits for the next event of this name, and drops those before it. */
  async next(event: string): Promise<ApplicationEvent> {
    for (;;) {
      const index = this.events.findIndex((each) => each.event === event || each.event === "failed");
      const found = this.events[index];
      if (found !== undefined) {
        this.events.splice(0, index + 1);
        if (found.event !== event) throw new Error(JSON.stringify(found));
        return found;
      }
      if (this.ended) throw new Error(`ended without the event "${event}": ${this.errors}`);
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
  }

  async query(text: string): Promise<unknown> {
    this.process.stdin?.write(`${text}\n`);
    return (await this.next("rows")).rows;
  }

  async release(): Promise<void> {
    this.process.stdin?.write("release\n");
    await this.next("released");
    await this.exited;
  }

  /** Signals the process group. */
  signal(signal: NodeJS.Signals): void {
    if (this.process.pid !== undefined) process.kill(-this.process.pid, signal);
  }

  async kill(): Promise<void> {
    if (!this.ended) this.process.kill("SIGKILL");
    await this.exited;
  }

  private wake(): void {
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }
}

/** Process ids of the servers of this data directory, from the operating system's list of processes. */
export function serversOf(dataDirectory: string): number[] {
  let name: string;
  try {
    const { dev, ino } = statSync(join(dataDirectory, "cluster"), { bigint: true });
    name = `cluster_name=pith-graph-${dev}-${ino}`;
  } catch {
    return [];
  }
  return [...commandLines()].filter(([, line]) => line.includes(name)).map(([pid]) => pid);
}

/** The command line of every process on the machine. */
function commandLines(): Map<number, string> {
  if (process.platform === "linux") {
    const ids = readdirSync("/proc").map(Number).filter(Number.isInteger);
    return new Map(ids.map((pid) => [pid, commandLineOf(pid)]));
  }
  const lines = execFileSync("ps", ["-eww", "-o", "pid=,args="], { encoding: "utf8" }).split("\n");
  return new Map(lines.map((line) => [Number.parseInt(line, 10), line]));
}

/** Empty if the process has ended. */
function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}

export function recordedServer(dataDirectory: string): number {
  return Number(readFileSync(join(dataDirectory, "cluster", "postmaster.pid"), "utf8").split("\n")[0]);
}

/** Polls a condition for which there is no event. The test's time limit ends the wait. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

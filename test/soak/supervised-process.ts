import { type ChildProcess, spawn } from "node:child_process";
import { launcher } from "../../scripts/started-server.ts";

/** How a process ended that nobody had ended. */
export type OwnEnd = { readonly at: number; readonly how: string; readonly said: string };

const pause = 500;
const longestPause = 5_000;

/** A `pith-graph` command that is started again whenever it ends, as a service manager does. */
export class SupervisedProcess {
  readonly #args: readonly string[];
  readonly #environment: NodeJS.ProcessEnv;
  #child: ChildProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isStopping = false;
  #failures = 0;
  readonly ownEnds: OwnEnd[] = [];
  /** The last that it said on standard error. */
  said = "";

  constructor(args: readonly string[], environment: NodeJS.ProcessEnv) {
    this.#args = args;
    this.#environment = environment;
    this.#start();
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  #start(): void {
    const startedAt = performance.now();
    const child = spawn(process.execPath, [launcher, ...this.#args], {
      env: this.#environment,
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#child = child;
    let said = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-10_000);
      this.said = (this.said + text).slice(-100_000);
    });
    child.on("exit", (status, signal) => {
      this.#child = undefined;
      if (this.#isStopping) return;
      // Nobody else sends this signal here, but the system where memory is out.
      if (signal !== "SIGKILL") {
        this.ownEnds.push({
          at: performance.now(),
          how: signal ?? `status ${status}`,
          said: said.slice(-1_000),
        });
      }
      this.#failures = performance.now() - startedAt > 10_000 ? 0 : this.#failures + 1;
      this.#timer = setTimeout(() => this.#start(), Math.min(longestPause, pause * 2 ** this.#failures));
    });
  }

  /** Resolves with the signal that ended it: the fault has fired, or there was nothing to kill. */
  async kill(): Promise<string> {
    const child = this.#child;
    if (child === undefined) return "none: it was not running";
    const ended = new Promise<string>((resolve) =>
      child.once("exit", (_, signal) => resolve(String(signal))),
    );
    child.kill("SIGKILL");
    return ended;
  }

  /** Asks it to stop, and waits. Resolves with how it ended. */
  async stop(): Promise<string> {
    this.#isStopping = true;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (child === undefined) return "was not running";
    const ended = new Promise<string>((resolve) =>
      child.once("exit", (status, signal) => resolve(signal ?? `status ${status}`)),
    );
    child.kill("SIGTERM");
    return ended;
  }
}

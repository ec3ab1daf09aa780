import { type ChildProcess, spawn } from "node:child_process";
import { launcher } from "../../scripts/started-server.ts";

/** The end of a process that was not stopped. */
export type UnexpectedExit = { readonly at: number; readonly how: string; readonly output: string };

const pause = 500;
const maxPause = 5_000;

/** A `pith-graph` command that is restarted whenever it ends, like by a service manager. */
export class SupervisedProcess {
  readonly #args: readonly string[];
  readonly #environment: NodeJS.ProcessEnv;
  #child: ChildProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isStopping = false;
  #failures = 0;
  readonly unexpectedExits: UnexpectedExit[] = [];
  /** The end of its standard error. */
  output = "";

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
    let output = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-10_000);
      this.output = (this.output + text).slice(-100_000);
    });
    child.on("exit", (status, signal) => {
      this.#child = undefined;
      if (this.#isStopping) return;
      // Only `kill` sends this signal, or the operating system when memory is exhausted.
      if (signal !== "SIGKILL") {
        this.unexpectedExits.push({
          at: performance.now(),
          how: signal ?? `status ${status}`,
          output: output.slice(-1_000),
        });
      }
      this.#failures = performance.now() - startedAt > 10_000 ? 0 : this.#failures + 1;
      this.#timer = setTimeout(() => this.#start(), Math.min(maxPause, pause * 2 ** this.#failures));
    });
  }

  /** Resolves with the signal that ended it, or the reason why there was nothing to kill. */
  async kill(): Promise<string> {
    const child = this.#child;
    if (child === undefined) return "none: it was not running";
    const ended = new Promise<string>((resolve) =>
      child.once("exit", (_, signal) => resolve(String(signal))),
    );
    child.kill("SIGKILL");
    return ended;
  }

  /** Stops it with SIGTERM. Resolves with its exit status or signal. */
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

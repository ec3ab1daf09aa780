import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/** What one process of load does. */
export type LoadOrder = {
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  /** Bodies of requests, sent in their order, and again from the first where there are too few. */
  readonly bodies: readonly string[];
};

export type LoadResult = {
  readonly requests: number;
  readonly perSecond: number;
  /** Milliseconds of each request. */
  readonly times: readonly number[];
  /** Of each, the place of its body, counted on where they are sent again. */
  readonly places: readonly number[];
  /** The first answers, in the order of the bodies. */
  readonly firstAnswers: readonly string[];
};

const program = fileURLToPath(new URL("http-load-process.ts", import.meta.url));

/** Asks the server from another process, each connection as soon as it has its answer. Rejects at the first error. */
export function load(order: LoadOrder): Promise<LoadResult> {
  const child = fork(program, { execArgv: ["--import", "tsx"] });
  return new Promise((resolve, reject) => {
    child.on("message", (message: LoadResult | { error: string }) => {
      if ("error" in message) reject(new Error(message.error));
      else resolve(message);
    });
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`The process of load ended with ${code}.`)));
    child.send(order);
  });
}

/** A request's body. */
export function bodyOf(query: string, variables: object): string {
  return JSON.stringify({ query, variables });
}

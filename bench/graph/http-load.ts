import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The orders to a load process. */
export type LoadOrder = {
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  /** Bodies of requests, sent in order, and repeated from the first if there are too few. */
  readonly bodies: readonly string[];
};

export type LoadResult = {
  readonly requests: number;
  readonly perSecond: number;
  /** Milliseconds of each request. */
  readonly times: readonly number[];
  /** The index of each request's body, counted on when they are repeated. */
  readonly places: readonly number[];
  /** The first answers, in the order of the bodies. */
  readonly firstAnswers: readonly string[];
};

const program = fileURLToPath(new URL("http-load-process.ts", import.meta.url));

/** Sends requests from another process, each connection one after the other. Rejects at the first error. */
export function load(order: LoadOrder): Promise<LoadResult> {
  const child = fork(program, { execArgv: ["--import", "tsx"] });
  return new Promise((resolve, reject) => {
    child.on("message", (message: LoadResult | { error: string }) => {
      if ("error" in message) reject(new Error(message.error));
      else resolve(message);
    });
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`The load process ended with ${code}.`)));
    child.send(order);
  });
}

/** A request's body. */
export function bodyOf(query: string, variables: object): string {
  return JSON.stringify({ query, variables });
}

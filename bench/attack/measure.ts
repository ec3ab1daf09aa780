import { request } from "node:http";
import type { AttackedServer, Stall } from "./attacked-server.ts";
import type { Attack } from "./queries.ts";

/** The effects of an attack. */
export type Measured = {
  readonly status: number;
  /** The code of the first error; `ok` if there is none. */
  readonly code: string;
  readonly megabytes: number;
  readonly seconds: number;
  readonly stall: Stall;
  /** The maximum growth of the process in megabytes. */
  readonly growth: number;
};

/** Runs a query on an idle server. */
export async function measureAttack(server: AttackedServer, attack: Attack): Promise<Measured> {
  await server.longestStall();
  server.forgetPeak();
  const before = server.memory();
  const start = performance.now();
  const { status, bytes, head } = await send(server.origin, attack);
  const seconds = (performance.now() - start) / 1_000;
  const stall = await server.longestStall();
  const code =
    /"errors":.{0,2000}?"code":"(\w+)"/s.exec(head)?.[1] ?? (head.startsWith('{"errors"') ? "error" : "ok");
  return {
    status,
    code,
    megabytes: bytes / 1e6,
    seconds,
    stall,
    growth: Math.max(0, server.peakMemory() - before),
  };
}

/**
 * An address of this machine that readers do not use, so that attackers are a separate client. Only Linux has all of
 * 127.0.0.0/8 by default; on other systems attackers and readers are one client.
 */
export const attackerAddress = process.platform === "linux" ? "127.0.0.2" : undefined;

/** Sends a query, and counts the bytes of the answer without buffering it. */
export function send(
  origin: string,
  { query, variables }: Attack,
  localAddress?: string,
): Promise<{ status: number; bytes: number; head: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${origin}/graphql`,
      {
        method: "POST",
        headers: { "content-type": "application/json", accept: "application/json" },
        ...(localAddress === undefined ? {} : { localAddress }),
      },
      (response) => {
        let bytes = 0;
        let head = "";
        response.on("data", (chunk: Buffer) => {
          bytes += chunk.length;
          if (head.length < 4_000) head += chunk.toString("utf8");
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, bytes, head }));
        response.on("error", reject);
      },
    );
    sent.on("error", reject);
    sent.end(JSON.stringify({ query, variables }));
  });
}

const columns = ["status", "code", "answer MB", "seconds", "stall ms", "processor", "growth MB"];

export function printHeader(): void {
  console.log(
    `${"query".padEnd(36)}${columns.map((name) => name.padStart(name === "code" ? 20 : 11)).join("")}`,
  );
}

export function printAttack({ name }: Attack, measured: Measured): void {
  const cells = [
    String(measured.status).padStart(11),
    measured.code.padStart(20),
    measured.megabytes.toFixed(2).padStart(11),
    measured.seconds.toFixed(2).padStart(11),
    measured.stall.clock.toFixed(0).padStart(11),
    measured.stall.processor.toFixed(0).padStart(11),
    measured.growth.toFixed(0).padStart(11),
  ];
  console.log(`${name.padEnd(36)}${cells.join("")}`);
}

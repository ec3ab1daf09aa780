import { Agent, request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { randomOf } from "../graph/random.ts";
import type { AttackedServer } from "./attacked-server.ts";
import { attackerAddress, send } from "./measure.ts";
import type { Attack, Targets } from "./queries.ts";

const secondsPerAttack = 15;
const requestsPerSecond = 20;

/** The queries of ordinary readers. */
function ordinaryQueries({
  works,
  words,
}: Targets): readonly { readonly kind: string; readonly of: (nth: number) => string }[] {
  const ref = (nth: number) => JSON.stringify(works[nth % works.length]);
  return [
    {
      kind: "paper",
      of: (nth) =>
        `{ paper(ref: ${ref(nth)}) { title claims(first: 4) { nodes { text } } references(first: 20) { nodes { title work { title } } } } }`,
    },
    {
      kind: "citing",
      of: (nth) => `{ paper(ref: ${ref(nth)}) { title citedBy(first: 20) { nodes { title } } } }`,
    },
    {
      kind: "graph",
      of: (nth) =>
        `{ citationGraph(roots: [${ref(nth)}], depth: 2, maxNodes: 100) { nodes { depth work { title } } } }`,
    },
    {
      kind: "related",
      of: (nth) =>
        `{ relatedWorks(ref: ${ref(nth)}, by: CO_CITATION, first: 10) { nodes { score work { title } } } }`,
    },
    {
      kind: "search",
      of: (nth) =>
        `{ search(query: "${nth % 7 === 0 ? words[nth % words.length] : `9${nth % 9}0${1 + (nth % 9)}`}", first: 10) { edges { score } } }`,
    },
  ];
}

type Times = Map<string, number[]>;
type Read = { readonly times: Times; failed: number; sent: number };

/** Measures readers alone, then beside attacks from one connection and from many. Prints p50 and p95 of each kind. */
export async function measureReaders(
  server: AttackedServer,
  targets: Targets,
  attacks: readonly Attack[],
): Promise<void> {
  console.log(`\n${requestsPerSecond} requests a second of ordinary readers, ${secondsPerAttack} s each:`);
  // The first queries compile code and fill caches.
  await readFor(server.origin, targets);
  const rest = await readFor(server.origin, targets);
  print("at rest", rest, undefined);
  const starving = attacks.filter(({ name }) => /searches|chains|likenesses/.test(name));
  for (const [name, some, connections, address] of [
    ["searches and chains, one connection", starving, 1],
    ["searches, 20 connections", starving.filter(({ name }) => name.includes("searches")), 20],
    ["chains, 20 connections", starving.filter(({ name }) => name.includes("chains")), 20],
    ["all attacks, one connection", attacks, 1],
    ["all attacks, one connection, from another address", attacks, 1, attackerAddress],
    ["all attacks, 20 connections", attacks, 20],
    ["all attacks, 20 connections, from another address", attacks, 20, attackerAddress],
  ] as const) {
    const ending = new AbortController();
    let sent = 0;
    const attacking = Array.from({ length: connections }, async (_, nth) => {
      for (let at = nth; !ending.signal.aborted; at++) {
        sent++;
        await send(server.origin, some[at % some.length] as Attack, address).catch(() => {});
      }
    });
    await pause(500);
    await server.longestStall();
    const read = await readFor(server.origin, targets);
    const stall = await server.longestStall();
    ending.abort();
    await Promise.all(attacking);
    const stalls = `longest stall ${stall.clock.toFixed(0)} ms, ${stall.processor.toFixed(0)} ms of processor`;
    print(`${name} (${sent} queries; ${stalls})`, read, rest);
  }
}

async function readFor(origin: string, targets: Targets): Promise<Read> {
  const random = randomOf(7);
  const queries = ordinaryQueries(targets);
  const agent = new Agent({ keepAlive: true });
  const read: Read = { times: new Map(), failed: 0, sent: 0 };
  const open: Promise<void>[] = [];
  const start = performance.now();
  for (let nth = 0; nth < secondsPerAttack * requestsPerSecond; nth++) {
    await pause(Math.max(0, start + (nth * 1_000) / requestsPerSecond - performance.now()));
    const { kind, of } = queries[Math.floor(random() * queries.length)] as (typeof queries)[number];
    // Another text each time, so that no answer is cached.
    const query = of(Math.floor(random() * 1e6)).replace("{", `query Q${nth} {`);
    open.push(ask(origin, agent, query, kind, read));
  }
  await Promise.all(open);
  agent.destroy();
  return read;
}

function ask(origin: string, agent: Agent, query: string, kind: string, read: Read): Promise<void> {
  const start = performance.now();
  read.sent++;
  return new Promise((resolve) => {
    const fail = () => {
      read.failed++;
      resolve();
    };
    const sent = request(
      `${origin}/graphql`,
      { method: "POST", agent, headers: { "content-type": "application/json" } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          if (response.statusCode !== 200 || text.includes('"errors"')) return fail();
          const times = read.times.get(kind) ?? [];
          times.push(performance.now() - start);
          read.times.set(kind, times);
          resolve();
        });
      },
    );
    sent.on("error", fail);
    sent.end(JSON.stringify({ query }));
  });
}

function print(name: string, read: Read, rest: Read | undefined): void {
  console.log(`\n${name}: ${read.sent} requests, ${read.failed} failed`);
  for (const kind of ["all", ...[...read.times.keys()].sort()]) {
    const p50 = quantile(read, kind, 0.5);
    const p95 = quantile(read, kind, 0.95);
    const ratio = rest === undefined ? "" : `   ${(p95 / quantile(rest, kind, 0.95)).toFixed(1)} × alone`;
    console.log(
      `  ${kind.padEnd(10)} p50 ${p50.toFixed(1).padStart(8)} ms   p95 ${p95.toFixed(1).padStart(8)} ms${ratio}`,
    );
  }
}

function quantile({ times }: Read, kind: string, share: number): number {
  const all = kind === "all" ? [...times.values()].flat() : (times.get(kind) ?? []);
  const sorted = [...all].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
}

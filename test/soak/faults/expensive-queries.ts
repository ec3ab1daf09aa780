import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { send } from "../../../bench/attack/measure.ts";
import { type Attack, knownAttacks } from "../../../bench/attack/queries.ts";
import type { Fault } from "../fault.ts";
import type { Stage } from "../stage.ts";

/** Connections that send expensive queries, one after the other. */
const attackers = 2;
/** Megabytes by which the API may grow during the fault. */
const maxGrowth = 256;

/**
 * Sends the most expensive queries that are accepted, while others read: every answer to those must be correct.
 */
export const fault: Fault = {
  name: "expensive queries",
  async inject({ mirror }, milliseconds) {
    const attacks = await attacksOn(mirror);
    const before = residentMegabytes(mirror.serve.pid);
    let highest = before;
    const ending = new AbortController();
    const codes = new Map<number, number>();
    const attacking = Array.from({ length: attackers }, async (_, first) => {
      for (let at = first; !ending.signal.aborted; at += attackers) {
        const { status } = await send(mirror.origin, attacks[at % attacks.length] as Attack);
        codes.set(status, (codes.get(status) ?? 0) + 1);
      }
    });
    let reads = 0;
    for (const end = performance.now() + milliseconds; performance.now() < end; reads++) {
      await assertAnswered(mirror.origin);
      highest = Math.max(highest, residentMegabytes(mirror.serve.pid));
      await pause(100);
    }
    ending.abort();
    await Promise.all(attacking);
    const sent = [...codes.values()].reduce((sum, count) => sum + count, 0);
    if ((codes.get(200) ?? 0) === 0) throw new Error("No expensive query was accepted.");
    const growth = highest - before;
    if (growth > maxGrowth) throw new Error(`The API grew by ${growth.toFixed(0)} MB.`);
    return `${sent} queries over ${attackers} connections (${statusesOf(codes)}); ${reads} reads beside them answered, ${growth.toFixed(0)} MB more`;
  },
};

async function attacksOn({ database }: Stage["mirror"]): Promise<readonly Attack[]> {
  const { rows } = await database.pool.query<{ source_id: string }>(
    "SELECT source_id FROM papers WHERE source_kind = 'arxiv' ORDER BY references_known DESC, paper_id LIMIT 210",
  );
  const works = rows.map(({ source_id }) => source_id);
  return knownAttacks({
    works,
    largePaper: works[0] ?? "",
    longPapers: works.slice(0, 9),
    words: ["the", "paper", "hep", "th", "of", "in", "one", "sentence"],
  });
}

/** Sends an ordinary query. Throws if it fails. */
async function assertAnswered(origin: string): Promise<void> {
  const response = await fetch(`${origin}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      query: "{ papers(first: 3) { nodes { title claims(first: 2) { nodes { text } } } } }",
    }),
  });
  const { errors } = (await response.json()) as { errors?: readonly { readonly message: string }[] };
  if (response.status !== 200 || errors !== undefined) {
    throw new Error(
      `A read beside expensive queries failed: ${response.status} ${errors?.[0]?.message ?? ""}`,
    );
  }
}

function residentMegabytes(pid: number | undefined): number {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
  } catch {
    // Without /proc, only the soak's samples judge memory.
    return 0;
  }
}

function statusesOf(codes: ReadonlyMap<number, number>): string {
  return [...codes].map(([status, count]) => `${status}: ${count}`).join(", ");
}

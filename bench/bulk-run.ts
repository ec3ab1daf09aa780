import { spawn } from "node:child_process";
import type pg from "pg";
import { launcher } from "../scripts/started-server.ts";
import { processMemory } from "./process-memory.ts";
import { postgresSeconds, processSeconds } from "./processor-time.ts";

/** The database and the keyring. */
export type Site = { readonly url: string; readonly keyring: string; readonly pool: pg.Pool };

export type BulkRun = {
  readonly seconds: number;
  readonly peakMegabytes: number;
  /** Seconds of CPU of the ingest's process, and of PostgreSQL. */
  readonly processorSeconds: { readonly ingest: number; readonly postgres: number };
  /** The number of stored papers at each second. */
  readonly progress: readonly (readonly [seconds: number, papers: number])[];
};

/** The interval of progress reports in seconds. */
const secondsBetweenReports = 15;

/** Prints progress to standard error. Standard output has only the figures. */
export function reportProgress(text: string): void {
  process.stderr.write(`  … ${text}\n`);
}

/** Runs `pith-graph ingest`, and samples its memory and progress. */
export async function runBulk({ url, keyring, pool }: Site, path: string): Promise<BulkRun> {
  const postgresBefore = await postgresSeconds(pool);
  const start = performance.now();
  const child = spawn(process.execPath, [launcher, "ingest", "--quiet", "--keyring", keyring, path], {
    env: { ...process.env, DATABASE_URL: url },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const ended = new Promise((resolve) => child.on("close", resolve));
  const elapsed = () => (performance.now() - start) / 1000;
  const progress: [number, number][] = [];
  let peak = 0;
  let processor = 0;
  let noted = 0;
  let isRunning = true;
  const watching = (async () => {
    while (isRunning) {
      peak = Math.max(peak, processMemory(child.pid).peak);
      processor = Math.max(processor, processSeconds(child.pid));
      const papers = await countPapers(pool);
      progress.push([elapsed(), papers]);
      if (elapsed() - noted >= secondsBetweenReports) {
        noted = elapsed();
        reportProgress(`${Math.round(noted)} s: ${papers.toLocaleString("en-US")} papers stored`);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  const status = await ended;
  const seconds = elapsed();
  isRunning = false;
  await watching;
  if (status !== 0) throw new Error(`pith-graph ingest ended with ${status}: ${errors}`);
  progress.push([seconds, await countPapers(pool)]);
  const postgres = (await postgresSeconds(pool)) - postgresBefore;
  return { seconds, peakMegabytes: peak, processorSeconds: { ingest: processor, postgres }, progress };
}

/** Papers a second during a part of the ingest: from 0 to 0.1 is the first tenth. */
export function speedBetween({ progress }: BulkRun, from: number, to: number): number {
  const [, before = 0] = progress[0] ?? [];
  const [, all = 0] = progress.at(-1) ?? [];
  const momentOf = (share: number) => {
    const papers = before + (all - before) * share;
    const index = progress.findIndex(([, stored]) => stored >= papers);
    const [second = 0, stored = 0] = progress[index] ?? [];
    const [earlier = 0, fewer = 0] = progress[index - 1] ?? [];
    return stored === fewer ? second : earlier + ((second - earlier) * (papers - fewer)) / (stored - fewer);
  };
  // Without the start of the process.
  const first = progress.findLast(([, stored]) => stored === before)?.[0] ?? 0;
  return ((all - before) * (to - from)) / (momentOf(to) - Math.max(first, momentOf(from)));
}

async function countPapers(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ value: string }>("SELECT value FROM totals WHERE name = 'papers'");
  return Number(rows[0]?.value ?? 0);
}

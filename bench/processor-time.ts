import { readdirSync, readFileSync } from "node:fs";
import type pg from "pg";

/** Ticks of /proc in a second: `getconf CLK_TCK` on every Linux that Node.js supports. */
const ticks = 100;

type ProcessTimes = { readonly parent: number; readonly own: number; readonly ofEnded: number };

/** A process's parent, its seconds of CPU, and those of its ended children. Null without /proc or such a process. */
function timesOf(pid: number | string): ProcessTimes | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may have any characters.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15).map(Number);
    return {
      parent: Number(fields[1]),
      own: (user + system) / ticks,
      ofEnded: (endedUser + endedSystem) / ticks,
    };
  } catch {
    return null;
  }
}

/** Seconds of CPU of a process with its threads; 0 if unknown. */
export function processSeconds(pid: number | undefined): number {
  return pid === undefined ? 0 : (timesOf(pid)?.own ?? 0);
}

/** Seconds of CPU of all processes of a PostgreSQL server on this machine, including ended ones; 0 if unknown. */
export async function postgresSeconds(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  const postmaster = timesOf(rows[0]?.pid ?? 0)?.parent;
  const times = postmaster === undefined ? null : timesOf(postmaster);
  if (times === null) return 0;
  let seconds = times.own + times.ofEnded;
  for (const entry of readdirSync("/proc")) {
    const child = /^\d+$/.test(entry) ? timesOf(entry) : null;
    if (child?.parent === postmaster) seconds += child?.own ?? 0;
  }
  return seconds;
}

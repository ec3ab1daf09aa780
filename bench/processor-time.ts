import { readdirSync, readFileSync } from "node:fs";
import type pg from "pg";

/** Ticks of /proc in a second: what `getconf CLK_TCK` says on every Linux that Node.js runs on. */
const ticks = 100;

type ProcessTimes = { readonly parent: number; readonly own: number; readonly ofEnded: number };

/** Of a process: its parent, its seconds of CPU, those of its children that ended. Null where there is no /proc, or no such process. */
function timesOf(pid: number | string): ProcessTimes | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may hold anything.
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

/** Seconds of CPU of a process, its threads included; 0 where it cannot be told. */
export function processSeconds(pid: number | undefined): number {
  return pid === undefined ? 0 : (timesOf(pid)?.own ?? 0);
}

/** Seconds of CPU of a PostgreSQL server on this machine, all its processes, ended ones included; 0 where it cannot be told. */
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

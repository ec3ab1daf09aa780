import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { defaultGuard } from "../../src/store/guarded-client.ts";
import { recordedServer } from "../store/embedded-support/processes.ts";
import type { Fault } from "./fault.ts";
import type { Stage } from "./stage.ts";

export const killApi: Fault = {
  name: "API killed",
  inject: async ({ mirror }) => `ended by ${expectSignal(await mirror.serve.kill(), "SIGKILL")}`,
};

const faultsOfProcesses: readonly Fault[] = [
  {
    name: "worker killed",
    async inject({ orders, mirror }) {
      const since = Date.now();
      const worker = orders
        .witnessed("start")
        .findLast(
          ({ site, command, parent }) =>
            site === "mirror" && command === "worker" && parent === mirror.serve.pid,
        );
      if (worker === undefined) throw new Error("There is no worker to kill.");
      process.kill(worker.pid, "SIGKILL");
      const next = await until(() =>
        orders.witnessed("start", since).find(({ command }) => command === "worker"),
      );
      return `process ${worker.pid}; process ${next.pid} took its place`;
    },
  },
  {
    name: "PostgreSQL killed",
    async inject({ server }) {
      const moment = await server.look();
      const recoveries = server.recoveries();
      await server.kill(moment);
      if (server.recoveries() === recoveries)
        throw new Error("PostgreSQL did not recover from being killed.");
      return `${moment.processes.length + 1} processes, ${moment.openTransactions} open transactions; it recovered by itself`;
    },
  },
  {
    name: "PostgreSQL paused",
    async inject({ server, mirror }, milliseconds) {
      const processes = [recordedServer(server.dataDirectory), ...(await server.look()).processes];
      for (const pid of processes) signal(pid, "SIGSTOP");
      const from = performance.now();
      const answered = mirror.database.pool.query("SELECT 1").then(
        () => performance.now() - from,
        () => performance.now() - from,
      );
      await pause(milliseconds);
      // A busy process needs a moment to stop.
      const states = new Set(processes.slice(0, 2).map(stateOf));
      for (const pid of processes.toReversed()) signal(pid, "SIGCONT");
      const waited = await answered;
      // A statement that needs a new connection waits for it at most this long.
      const minWait = Math.min(milliseconds, defaultGuard.connectMilliseconds);
      if (!states.has("T") || waited < minWait) throw new Error("PostgreSQL was not paused.");
      return `${processes.length} processes stopped; a statement waited ${seconds(waited)}`;
    },
  },
  {
    name: "database connection stalled",
    async inject({ databaseProxy }, milliseconds) {
      const stalledCount = databaseProxy.stall();
      await pause(milliseconds);
      return stalled(stalledCount, databaseProxy.resume());
    },
  },
  {
    name: "database connections cut",
    inject: async ({ databaseProxy }) => stalled(databaseProxy.cut(), 0).replace("stalled", "reset"),
  },
  {
    name: "sync killed",
    inject: async ({ sync }) => `ended by ${expectSignal(await sync.kill(), "SIGKILL")}`,
  },
  {
    name: "connection to the source stalled",
    async inject({ sourceProxy }, milliseconds) {
      const stalledCount = sourceProxy.stall();
      await pause(milliseconds);
      return stalled(stalledCount, sourceProxy.resume());
    },
  },
  {
    name: "clocks an hour ahead",
    inject: (stage, milliseconds) => shiftClocks(stage, milliseconds, 3_600_000),
  },
  {
    name: "clocks an hour behind",
    inject: (stage, milliseconds) => shiftClocks(stage, milliseconds, -3_600_000),
  },
  {
    name: "memory of the API filled",
    async inject({ orders }, milliseconds) {
      const since = Date.now();
      orders.give({ leaveMegabytes: 24 });
      const { megabytes, limit = 0, free = 0 } = await until(() => orders.witnessed("ballast", since)[0]);
      await pause(milliseconds);
      orders.give({ leaveMegabytes: null });
      return `${megabytes} MB of ballast, ${free.toFixed(0)} of ${limit.toFixed(0)} MB left`;
    },
  },
];

/** The faults of the folder `faults`, sorted by file name: each file exports `fault`. */
const faultsOfFiles: Fault[] = [];
for (const file of readdirSync(new URL("faults/", import.meta.url)).sort()) {
  const { fault } = (await import(new URL(`faults/${file}`, import.meta.url).href)) as {
    readonly fault: Fault;
  };
  faultsOfFiles.push(fault);
}

/** The faults that do not end the API's process, in the order of a short run. */
export const otherFaults: readonly Fault[] = [...faultsOfProcesses, ...faultsOfFiles];

async function shiftClocks({ orders }: Stage, milliseconds: number, shift: number): Promise<string> {
  const since = Date.now();
  orders.give({ shiftMilliseconds: shift });
  await pause(milliseconds);
  orders.give({ shiftMilliseconds: 0 });
  const shifted = orders.witnessed("clock", since).filter((line) => line.shift === shift);
  const processes = new Set(shifted.map(({ pid }) => pid)).size;
  if (processes === 0) throw new Error("No clock was shifted.");
  return `in ${processes} processes, ${shifted.length} threads`;
}

function stalled(open: number, added: number): string {
  if (open + added === 0) throw new Error("There was no connection to disturb.");
  return added === 0 ? `${open} connections stalled` : `${open} connections stalled, and ${added} new ones`;
}

function expectSignal(signalled: string, expected: string): string {
  if (signalled !== expected) throw new Error(`It ended by ${signalled} instead of ${expected}.`);
  return signalled;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // A session that has just ended.
  }
}

/** The state of a process, from the operating system. T means stopped. */
function stateOf(pid: number): string {
  if (process.platform === "linux") {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // After the program's name, which may have any characters.
    return stat[stat.lastIndexOf(")") + 2] ?? "";
  }
  return execFileSync("ps", ["-o", "state=", "-p", String(pid)], { encoding: "utf8" }).trim()[0] ?? "";
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(1)} s`;
}

const maxMilliseconds = 60_000;

/** Polls until a value is found. Throws after a minute. */
async function until<Found>(look: () => Found | undefined): Promise<Found> {
  const end = performance.now() + maxMilliseconds;
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error("The injected fault did not happen.");
    await pause(100);
  }
}

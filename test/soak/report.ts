import { loadavg } from "node:os";
import { figure } from "../../bench/graph/compare.ts";
import type { Client } from "./client.ts";
import { grouped } from "./grouped.ts";
import type { Memory } from "./memory.ts";
import type { UnexpectedExit } from "./supervised-process.ts";
import type { Tally, Window } from "./tally.ts";
import type { Verdict } from "./verdict.ts";

/** The minimum life of a process whose memory is judged. In half an hour each kind of process has one. */
const minMinutes = 8;

/** An injected fault: `from` is its start, `over` its end, and `to` the recovery. */
export type Injected = Window & { readonly name: string; readonly shown: string; readonly over: number };

export type Report = {
  readonly start: number;
  readonly end: number;
  readonly tally: Tally;
  readonly client: Client;
  readonly injected: readonly Injected[];
  readonly verdict: Verdict;
  readonly memories: readonly (Memory & { readonly name: string })[];
  /** Seconds, by command. */
  readonly cpu: ReadonlyMap<string, number>;
  readonly ends: readonly string[];
  readonly syncEnds: readonly UnexpectedExit[];
};

/** Prints a report, and returns its faults. */
export function printReport(report: Report): readonly string[] {
  const { tally, client, injected, verdict, memories, ends, syncEnds } = report;
  const faults = [...verdict.faults];
  const seconds = (report.end - report.start) / 1_000;
  const print = (line = "") => console.log(line);

  print(
    `${seconds.toFixed(0)} s: ${tally.count} requests, ${figure(tally.count / seconds)} a second; ` +
      `${client.repeated} submissions repeated, ${client.unsent} requests not sent`,
  );
  print();
  print(
    `${"latency without injected faults, ms".padEnd(40)}${["requests", "p50", "p95", "p99", "max"].map((text) => text.padStart(10)).join("")}`,
  );
  for (const [kind, count, times] of tally.latencies(injected)) {
    print(
      `${kind.padEnd(40)}${[String(count), ...times.map(milliseconds)].map((text) => text.padStart(10)).join("")}`,
    );
  }

  print();
  print(
    `${"injected".padEnd(37)}${"at s".padStart(6)}${"lasted s".padStart(10)}${"recovered s".padStart(14)}  evidence`,
  );
  for (const { name, shown, from, over, to } of injected) {
    const times = [from - report.start, over - from, to - over].map((time) => (time / 1_000).toFixed(1));
    print(
      `${name.padEnd(37)}${times[0]?.padStart(6)}${times[1]?.padStart(10)}${times[2]?.padStart(14)}  ${shown}`,
    );
  }
  const { during, outside } = tally.errors(injected);
  print();
  print(`errors during faults, up to recovery: ${counts(during)}`);
  print(`errors otherwise: ${counts(outside)}`);
  if (outside.size > 0) faults.push(`errors without an injected fault: ${counts(outside)}`);
  for (const error of during.keys()) if (error.startsWith("wrong answer")) faults.push(error);

  print();
  for (const line of verdict.lines) print(line);
  print(
    `sync ended by itself ${syncEnds.length} times, and was restarted${syncEnds.length === 0 ? "" : ": "}${words(syncEnds)}`,
  );
  print(`stopped: ${ends.join(", ")}`);
  // 143 is the status of a follower that was stopped by SIGTERM.
  for (const end of ends) if (!/: status (?:0|143)$/.test(end)) faults.push(`stopped, ${end}`);
  print();
  for (const { name, minutes, early, late, slope, highestResident, isFlat } of memories) {
    print(
      `memory in use, ${name} (for ${minutes.toFixed(1)} minutes): ${early.toFixed(1)} MB in its second quarter, ` +
        `${late.toFixed(1)} MB in its last, ${slope.toFixed(2)} MB a minute; resident ${highestResident.toFixed(0)} MB at most`,
    );
    // A new process still fills its caches.
    if (minutes >= minMinutes && !isFlat) faults.push(`the memory of ${name} grows`);
  }
  const used = [...report.cpu].map(([command, seconds]) => `${command} ${seconds.toFixed(0)} s`);
  print(`processor time: ${used.join(", ")}, this program ${(process.cpuUsage().user / 1e6).toFixed(0)} s`);
  print(`load average of the machine over 15 minutes, with other programs: ${loadavg()[2]?.toFixed(1)}`);
  print();
  for (const fault of faults) print(`FAULT: ${fault}`);
  print(faults.length === 0 ? "Nothing is missing, nothing differs, no fault." : `${faults.length} faults.`);
  return faults;
}

function counts(errors: ReadonlyMap<string, number>): string {
  if (errors.size === 0) return "none";
  return [...errors]
    .sort(([, a], [, b]) => b - a)
    .map(([error, count]) => `${error} ${count}`)
    .join(", ");
}

const milliseconds = (time: number) => (Number.isNaN(time) ? "-" : figure(time));

/** The last line of each end, with the number of equal ones. */
function words(ends: readonly UnexpectedExit[]): string {
  const texts = grouped(ends, ({ how, output }) => `${how}, ${output.trim().split("\n").at(-1)}`);
  return [...texts].map(([text, { length }]) => `${length} × ${text}`).join("; ");
}

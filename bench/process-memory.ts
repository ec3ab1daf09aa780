import { readFileSync } from "node:fs";

/** The resident memory of a process in MB, now and at most so far; 0 without /proc or such a process. */
export function processMemory(pid: number | undefined): { readonly now: number; readonly peak: number } {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const megabytes = (name: string) =>
      Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0) / 1024;
    return { now: megabytes("VmRSS"), peak: megabytes("VmHWM") };
  } catch {
    return { now: 0, peak: 0 };
  }
}

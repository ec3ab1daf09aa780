import { median } from "../../bench/measure.ts";
import { grouped } from "./grouped.ts";
import type { Witnessed } from "./orders.ts";

/** The memory of a process over its life, in MB. */
export type Memory = {
  readonly pid: number;
  readonly minutes: number;
  /** The memory in use after collections (the minimum of each window) in the life's second and last quarter. */
  readonly early: number;
  readonly late: number;
  /** Its growth in MB a minute over the last three quarters, by least squares. */
  readonly slope: number;
  readonly highestResident: number;
  readonly isFlat: boolean;
};

const megabytes = (bytes = 0) => bytes / 2 ** 20;

/**
 * Judges the longest life of each kind of process. It is flat if the memory in use grows by at most a seventh plus 10
 * MB from the second to the last quarter, in which the number of papers grows, too.
 */
export function memoriesOf(samples: readonly Witnessed[]): (Memory & { readonly name: string })[] {
  const kinds = grouped(samples, ({ site, command }) => `${command} of the ${site}`);
  return [...kinds].map(([name, own]) => {
    const lives = [...grouped(own, ({ pid }) => pid).values()];
    const longest = lives.reduce((one, other) => (other.length > one.length ? other : one));
    return { name, ...memoryOf(longest) };
  });
}

/** The total processor time in seconds of all processes of each kind. */
export function cpuOf(samples: readonly Witnessed[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const life of grouped(samples, ({ pid }) => pid).values()) {
    const { command, cpu = 0 } = life.at(-1) ?? { command: "" };
    sums.set(command, (sums.get(command) ?? 0) + cpu);
  }
  return sums;
}

function memoryOf(life: readonly Witnessed[]): Memory {
  const duration = life.at(-1)?.age ?? 0;
  // Forty windows, each with a collection except in a short run.
  const windows = grouped(life, ({ age = 0 }) => Math.floor((age / duration) * 40));
  const floors = [...windows.values()].map((window) => ({
    share: (window[0]?.age ?? 0) / duration,
    minutes: (window[0]?.age ?? 0) / 60_000,
    used: Math.min(...window.map(({ heapUsed, external }) => megabytes(heapUsed) + megabytes(external))),
  }));
  const between = (from: number, to: number) =>
    median(floors.filter(({ share }) => share >= from && share < to).map(({ used }) => used));
  const [early, late] = [between(0.25, 0.5), between(0.75, 1)];
  return {
    pid: life[0]?.pid ?? 0,
    minutes: duration / 60_000,
    early,
    late,
    slope: slopeOf(floors.filter(({ share }) => share >= 0.25)),
    highestResident: Math.max(...life.map(({ rss }) => megabytes(rss))),
    isFlat: late <= early * (1 + 1 / 7) + 10,
  };
}

function slopeOf(points: readonly { readonly minutes: number; readonly used: number }[]): number {
  const mean = (of: (point: (typeof points)[number]) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [mean(({ minutes }) => minutes), mean(({ used }) => used)];
  return mean(({ minutes, used }) => (minutes - x) * (used - y)) / mean(({ minutes }) => (minutes - x) ** 2);
}

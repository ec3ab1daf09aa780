import type { Fault } from "./fault.ts";
import { killApi, otherFaults } from "./faults.ts";

/** The duration and load of a run. */
export type Plan = {
  readonly seconds: number;
  readonly papersBefore: number;
  readonly readsPerSecond: number;
  readonly submissionsPerSecond: number;
  readonly sourceSubmissionsPerSecond: number;
  readonly documentsOfSubmission: number;
  /** The duration in milliseconds of a fault that does not end by itself. */
  readonly faultMilliseconds: number;
  /** The faults with their times in seconds from the start. */
  readonly faults: readonly { readonly at: number; readonly fault: Fault }[];
};

/**
 * A run of less than five minutes has each fault once, a longer one about one every 50 seconds. The API is killed in
 * the first third only, so that one process lives through all later faults, and its memory can be judged.
 */
export function planOf(seconds: number): Plan {
  const isShort = seconds < 300;
  const warmUp = isShort ? seconds / 15 : 90;
  const calm = isShort ? seconds / 8 : 120;
  const room = seconds - warmUp - calm;
  const count = isShort ? otherFaults.length + 1 : Math.floor(room / 50);
  const faults: { at: number; fault: Fault }[] = [];
  let nth = 0;
  for (let index = 0; index < count; index++) {
    const isKill = isShort ? index === 0 : index % 3 === 0 && index < count / 3;
    const fault = isKill ? killApi : otherFaults[nth++ % otherFaults.length];
    if (fault !== undefined) faults.push({ at: warmUp + (room / count) * index, fault });
  }
  return {
    seconds,
    papersBefore: isShort ? 150 : 2_000,
    readsPerSecond: isShort ? 6 : 10,
    submissionsPerSecond: isShort ? 0.5 : 1,
    sourceSubmissionsPerSecond: isShort ? 0.25 : 0.5,
    documentsOfSubmission: 2,
    faultMilliseconds: isShort ? (seconds / 40) * 1_000 : 15_000,
    faults,
  };
}

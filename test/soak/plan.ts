import { expensiveQueries } from "./expensive-queries.ts";
import { type Fault, otherFaults as faultsOfProcesses, killApi } from "./faults.ts";

const otherFaults: readonly Fault[] = [...faultsOfProcesses, expensiveQueries];

/** How long and how hard. */
export type Plan = {
  readonly seconds: number;
  readonly papersBefore: number;
  readonly readsPerSecond: number;
  readonly submissionsPerSecond: number;
  readonly sourceSubmissionsPerSecond: number;
  readonly documentsOfSubmission: number;
  /** Milliseconds that a fault lasts which does not end by itself. */
  readonly faultMilliseconds: number;
  /** When each begins, in seconds from the start. */
  readonly faults: readonly { readonly at: number; readonly fault: Fault }[];
};

/**
 * Each fault once in a run of less than five minutes; else one about every 50 seconds. The API is killed in the first
 * third only: after that one process lives through all the others to the end, and its memory can be judged.
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

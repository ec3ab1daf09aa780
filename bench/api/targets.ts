import type { JobName } from "./hand-written-sql.ts";
import { ratioOf, type TurnResult } from "./turns.ts";

/** The steady results of a job that targets are about. */
export type JobResults = Readonly<
  Record<"own" | "peer" | "sql" | "noRows", TurnResult> & { levels: TurnResult | undefined }
>;

type Rival = "peer" | "sql" | "levels";

/** The aims for requests a second, as multiples of a rival's. */
const aims: readonly { readonly job: JobName; readonly rival: Rival; readonly multiple: number }[] = [
  { job: "Q2", rival: "peer", multiple: 2 },
  { job: "Q2", rival: "sql", multiple: 0.8 },
  { job: "Q3", rival: "peer", multiple: 2 },
  { job: "Q3", rival: "sql", multiple: 0.8 },
  { job: "Q4", rival: "peer", multiple: 2 },
  { job: "Q4", rival: "sql", multiple: 1 },
  { job: "Q4", rival: "levels", multiple: 1 },
  { job: "Q5", rival: "peer", multiple: 2 },
  { job: "Q6", rival: "peer", multiple: 1.5 },
];

/** Prints each target with the figure that was measured, and whether it is reached. */
export function printTargets(results: ReadonlyMap<JobName, JobResults>): void {
  console.log("Targets in the steady phase");
  const print = (text: string, figure: string, aim: string, isReached: boolean) =>
    console.log(`  ${isReached ? "reached" : "MISSED "}  ${text.padEnd(58)}${figure.padStart(9)}   ${aim}`);
  const printRatio = (text: string, a: TurnResult, b: TurnResult, multiple: number) => {
    const ratio = ratioOf(a, b);
    print(
      `${text}: ${a.name}, of ${b.name}`,
      `${ratio.toFixed(2)} ×`,
      `at least ${multiple}`,
      ratio >= multiple,
    );
  };
  for (const { job, rival, multiple } of aims) {
    const result = results.get(job);
    const other = result?.[rival];
    if (result !== undefined && other !== undefined) printRatio(job, result.own, other, multiple);
  }
  for (const [job, { noRows, peer }] of results) printRatio(job, noRows, peer, 1);
  for (const [job, { own, peer }] of results) {
    print(
      `${job}: p95 of ${own.name}`,
      `${own.p95.toFixed(1)} ms`,
      `at most ${peer.p95.toFixed(1)} ms, that of ${peer.name}`,
      own.p95 <= peer.p95,
    );
  }
  console.log();
}

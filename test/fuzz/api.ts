import { readFileSync } from "node:fs";
import { buildSchema } from "graphql";
import { median } from "../../bench/measure.ts";
import { startSampleServerProcess } from "../../scripts/sample-server-process.ts";
import { memoryOf } from "./memory.ts";
import { fuzz } from "./run.ts";

/** Megabytes by which memory may grow from the second to the last quarter of the run. */
const maxGrowth = 200;

/**
 * `npm run fuzz -- api`: sends random queries, valid and invalid, to a server with the sample. Returns false after an
 * unexpected 5xx, an error without a code, a crash, or growing memory.
 */
export async function fuzzApi(seconds: number, seed: number): Promise<boolean> {
  console.log(`Seed ${seed}; ${seconds} s.`);
  const schema = buildSchema(readFileSync(new URL("../../schema.graphql", import.meta.url), "utf8"));
  const server = await startSampleServerProcess();
  const start = performance.now();
  const memory: { readonly at: number; readonly megabytes: number }[] = [];
  const look = () => {
    const megabytes = memoryOf(server.pid);
    const at = (performance.now() - start) / 1000;
    if (megabytes === null) return;
    memory.push({ at, megabytes });
    console.log(`${at.toFixed(0).padStart(5)} s  ${String(sent).padStart(7)} requests  ${megabytes} MB`);
  };
  let sent = 0;
  const timer = setInterval(look, Math.max(1_000, (seconds * 1000) / 40));
  const report = await fuzz({
    url: `${server.origin}/graphql`,
    schema,
    seed,
    concurrency: 8,
    goesOn: (requests) => {
      sent = requests;
      return performance.now() - start < seconds * 1000;
    },
  });
  clearInterval(timer);
  look();
  const hasEnded = server.hasEnded;
  const output = server.output();
  await server.close();

  const faults = [...report.faults];
  if (hasEnded) faults.push("The server ended.");
  if (/failed|rejection|Error:|Warning/.test(output))
    faults.push(`The server printed:\n${output.slice(0, 5_000)}`);
  const during = (from: number, to: number) =>
    median(
      memory
        .filter(({ at }) => at >= seconds * from && at <= seconds * to + 1)
        .map(({ megabytes }) => megabytes),
    );
  const [early, late] = [during(0.25, 0.5), during(0.75, 1)];
  if (late > early + maxGrowth) faults.push(`Memory grew from ${early} to ${late} MB.`);

  const counts = (map: ReadonlyMap<unknown, number>) =>
    [...map]
      .sort(([, a], [, b]) => b - a)
      .map(([name, count]) => `${String(name)} ${count}`)
      .join(", ");
  console.log(
    `Requests: ${report.requests}\nStatuses: ${counts(report.statuses)}\nCodes: ${counts(report.codes)}`,
  );
  console.log(
    `Memory: ${early} MB in the second quarter, ${late} MB in the last; ${maxGrowth} MB of growth are allowed.`,
  );
  console.log(
    `Slowest: ${report.slowest.milliseconds.toFixed(0)} ms\n  ${report.slowest.request.slice(0, 1_000)}`,
  );
  for (const fault of faults) console.error(`\nFAULT: ${fault}`);
  console.log(faults.length === 0 ? "No fault." : `${faults.length} faults; seed ${seed}.`);
  return faults.length === 0;
}

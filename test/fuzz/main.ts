import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { buildSchema } from "graphql";
import { median } from "../../bench/measure.ts";
import { startSampleServerProcess } from "../../scripts/sample-server-process.ts";
import { memoryOf } from "./memory.ts";
import { fuzz } from "./run.ts";

/*
 * `npm run fuzz -- api [--seconds 600] [--seed N]`: random queries, valid and not, to a server with the sample. Fails
 * on a 5xx that is not meant, an error without a code, a crash, or memory that grows without end.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: "string", default: "600" }, seed: { type: "string" } },
});
const seconds = Number(values.seconds);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 32));
if (positionals[0] !== "api" || !(seconds > 0) || !Number.isInteger(seed)) {
  console.error("Usage: npm run fuzz -- api [--seconds 600] [--seed N]");
  process.exit(2);
}

/** Megabytes by which memory may grow from the second quarter of the run to its last. */
const mayGrow = 200;

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
const said = server.said();
await server.close();

const faults = [...report.faults];
if (hasEnded) faults.push("The server ended.");
if (/failed|rejection|Error:|Warning/.test(said)) faults.push(`The server said:\n${said.slice(0, 5_000)}`);
const during = (from: number, to: number) =>
  median(
    memory
      .filter(({ at }) => at >= seconds * from && at <= seconds * to + 1)
      .map(({ megabytes }) => megabytes),
  );
const [early, late] = [during(0.25, 0.5), during(0.75, 1)];
if (late > early + mayGrow) faults.push(`Memory grew from ${early} to ${late} MB.`);

const counts = (map: ReadonlyMap<unknown, number>) =>
  [...map]
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${String(name)} ${count}`)
    .join(", ");
console.log(
  `Requests: ${report.requests}\nStatuses: ${counts(report.statuses)}\nCodes: ${counts(report.codes)}`,
);
console.log(
  `Memory: ${early} MB in the second quarter, ${late} MB in the last; ${mayGrow} MB more are let pass.`,
);
console.log(
  `Slowest: ${report.slowest.milliseconds.toFixed(0)} ms\n  ${report.slowest.request.slice(0, 1_000)}`,
);
for (const fault of faults) console.error(`\nFAULT: ${fault}`);
console.log(faults.length === 0 ? "No fault." : `${faults.length} faults; seed ${seed}.`);
process.exitCode = faults.length === 0 ? 0 : 1;

import { parseArgs } from "node:util";
import { buildIfNeeded } from "../../bin/build.js";
import { planOf } from "./plan.ts";
import { soak } from "./run.ts";

/*
 * `npm run soak [-- --minutes 30 | --seconds 60] [--seed N]`: reads, submissions and a sync, on this machine only,
 * while processes are killed, PostgreSQL and connections stall, clocks jump, and memory is short. Fails if anything
 * acknowledged is missing, an answer is wrong, an error occurs without an injected fault, or the system does not
 * recover.
 */
const { values } = parseArgs({
  options: { minutes: { type: "string" }, seconds: { type: "string" }, seed: { type: "string" } },
});
const seconds = Number(values.seconds ?? Number(values.minutes ?? 30) * 60);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
if (!(seconds >= 30) || !Number.isInteger(seed)) {
  console.error("Usage: npm run soak -- [--minutes 30 | --seconds 60] [--seed N], for at least 30 seconds");
  process.exit(2);
}
await buildIfNeeded();
console.log(`Node.js ${process.version}; ${seconds} s, seed ${seed}.\n`);
const faults = await soak(planOf(seconds), seed);
process.exitCode = faults.length === 0 ? 0 : 1;

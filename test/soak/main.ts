import { parseArgs } from "node:util";
import { buildIfNeeded } from "../../bin/build.js";
import { planOf } from "./plan.ts";
import { soak } from "./run.ts";

/*
 * `npm run soak [-- --minutes 30 | --seconds 60] [--seed N]`: reads, submissions and a sync, on this machine only, while
 * processes are killed, PostgreSQL and connections stand still, clocks jump, and memory is short. Fails where anything
 * acknowledged is missing, an answer is wrong, an error comes where nothing was injected, or it does not recover.
 */
const { values } = parseArgs({
  options: { minutes: { type: "string" }, seconds: { type: "string" }, seed: { type: "string" } },
});
const seconds = Number(values.seconds ?? Number(values.minutes ?? 30) * 60);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
if (!(seconds >= 30) || !Number.isInteger(seed)) {
  console.error(
    "Usage: npm run soak -- [--minutes 30 | --seconds 60] [--seed N], for half a minute at least",
  );
  process.exit(2);
}
await buildIfNeeded();
console.log(`Node.js ${process.version}; ${seconds} s, seed ${seed}.\n`);
const faults = await soak(planOf(seconds), seed);
process.exitCode = faults.length === 0 ? 0 : 1;

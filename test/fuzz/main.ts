import { parseArgs } from "node:util";
import { fuzzApi } from "./api.ts";
import { fuzzExecution } from "./execution.ts";
import { fuzzParsers } from "./parsers/main.ts";

/*
 * `npm run fuzz -- api [--seconds 600] [--seed N]`
 * `npm run fuzz -- parsers [name] [--seconds 60] [--seed N]`
 * `npm run fuzz -- execution [--documents 100000] [--seed N]`
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: "string" }, documents: { type: "string" }, seed: { type: "string" } },
});
const [what, name] = positionals;
const seconds = Number(values.seconds ?? (what === "api" ? 600 : 60));
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 32));
const documents = Number(values.documents ?? 100_000);
const runs: Readonly<Record<string, () => Promise<boolean>>> = {
  api: () => fuzzApi(seconds, seed),
  parsers: () => fuzzParsers(name, seconds, seed),
  execution: async () => {
    console.log(`Seed ${seed}; ${documents} documents.`);
    const { differences, kinds, unhandled } = await fuzzExecution(documents, seed);
    console.log([...kinds].map(([kind, count]) => `${count} with ${kind}`).join(", "));
    console.log(`${differences.length} differences, ${unhandled} unhandled rejections`);
    for (const difference of differences) console.log(`\n${difference}`);
    return differences.length === 0 && unhandled === 0;
  },
};
const run = runs[what ?? ""];
if (run === undefined || !(seconds > 0) || !(documents > 0) || !Number.isInteger(seed)) {
  console.error(
    "Usage: npm run fuzz -- api | parsers [name] | execution [--seconds N] [--documents N] [--seed N]",
  );
  process.exit(2);
}
process.exitCode = (await run()) ? 0 : 1;

import { parseArgs } from "node:util";
import { fuzzApi } from "./api.ts";
import { fuzzParsers } from "./parsers/main.ts";

/*
 * `npm run fuzz -- api [--seconds 600] [--seed N]`
 * `npm run fuzz -- parsers [name] [--seconds 60] [--seed N]`
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: "string" }, seed: { type: "string" } },
});
const [what, name] = positionals;
const seconds = Number(values.seconds ?? (what === "api" ? 600 : 60));
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 32));
if (!(what === "api" || what === "parsers") || !(seconds > 0) || !Number.isInteger(seed)) {
  console.error("Usage: npm run fuzz -- api | parsers [name] [--seconds N] [--seed N]");
  process.exit(2);
}
const isSound = what === "api" ? await fuzzApi(seconds, seed) : await fuzzParsers(name, seconds, seed);
process.exitCode = isSound ? 0 : 1;

import { targetOf, targets } from "./index.ts";
import { search } from "./search.ts";

/** `npm run fuzz -- parsers`: fuzzes each parser for a number of seconds, guided by coverage. */
export async function fuzzParsers(name: string | undefined, seconds: number, seed: number): Promise<boolean> {
  let isSound = true;
  console.log(`Node.js ${process.version}, seed ${seed}, ${seconds} s of each parser`);
  for (const target of name === undefined ? targets : [targetOf(name)]) {
    const { executions, places, kept, faults } = await search(target, seconds, seed);
    const result = faults.length === 0 ? "no fault" : `${faults.length} faults`;
    console.log(
      `${target.name.padEnd(12)}${executions.toLocaleString("en-US").padStart(10)} inputs, ${places} blocks reached, ${kept} inputs kept: ${result}`,
    );
    for (const { file, error } of faults) console.log(`  ${target.name}/${file}: ${error}`);
    isSound &&= faults.length === 0;
  }
  return isSound;
}

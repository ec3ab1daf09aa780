/**
 * Builds the sample that `pith-graph start` imports at its first start, from the data in `sample/source/`.
 *
 *   npm run sample:build                                     writes changed files
 *   npm run sample:build -- --check                          writes nothing, fails if a file would change
 *   npm run sample:build -- --pack-hep-th papers.jsonl.gz     first makes hep-th's source from the original data
 */
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { connectedPapers, writeHepTh } from "./sample/hep-th-source.ts";
import { readText } from "./sample/packed-text.ts";
import { staleFiles, writeFiles } from "./sample/sample-folder.ts";

const { values: options } = parseArgs({
  options: { check: { type: "boolean", default: false }, "pack-hep-th": { type: "string" } },
});

const original = options["pack-hep-th"];
if (original !== undefined) {
  if (options.check) throw new Error("--check writes nothing; it cannot be combined with --pack-hep-th.");
  const text = readText(pathToFileURL(original));
  if (text === null) throw new Error(`There is no file ${original}.`);
  writeHepTh(connectedPapers(text));
}

const stale = staleFiles();
const names = [...stale.keys()].join(", ");
if (stale.size === 0) {
  console.log("The sample is up to date.");
} else if (options.check) {
  console.error(`The sample differs from its sources: ${names}. Run npm run sample:build.`);
  process.exitCode = 1;
} else {
  writeFiles(stale);
  console.log(`Wrote ${names}.`);
}

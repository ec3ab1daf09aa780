/**
 * Builds the sample that `pith-graph start` takes in first, from the data in `sample/source/`.
 *
 *   npm run sample:build                                     writes what differs
 *   npm run sample:build -- --check                          writes nothing, fails where something differs
 *   npm run sample:build -- --select-hep-th citations.tsv.gz  first draws hep-th's source from the whole network
 */
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { hepThCount, hepThRoot } from "./sample/hep-th-papers.ts";
import { selectPapers, writeReferenceLists } from "./sample/hep-th-selection.ts";
import { readText, writeText } from "./sample/packed-text.ts";
import { hepThSource, staleFiles, writeFiles } from "./sample/sample-folder.ts";

const { values: options } = parseArgs({
  options: { check: { type: "boolean", default: false }, "select-hep-th": { type: "string" } },
});

const network = options["select-hep-th"];
if (network !== undefined) {
  if (options.check) throw new Error("--check writes nothing: it cannot go with --select-hep-th.");
  const citations = readText(pathToFileURL(network));
  if (citations === null) throw new Error(`There is no file ${network}.`);
  writeText(hepThSource, writeReferenceLists(selectPapers(citations, hepThRoot, hepThCount)));
}

const stale = staleFiles();
const names = [...stale.keys()].join(", ");
if (stale.size === 0) {
  console.log("The sample is up to date.");
} else if (options.check) {
  console.error(`The sample is not what its sources give: ${names}. Run npm run sample:build.`);
  process.exitCode = 1;
} else {
  writeFiles(stale);
  console.log(`Wrote ${names}.`);
}

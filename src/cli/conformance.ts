import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import { readTextFile } from "../ingest/index.ts";
import { type ConformanceResult, runVectorFile } from "../protocol/index.ts";
import { errorText } from "../runtime/index.ts";
import { CommandError, exitStatus } from "./command-error.ts";
import { jsonLine } from "./output/shown-text.ts";
import { say } from "./output/terminal.ts";

export function addConformanceCommand(program: Command): void {
  program
    .command("conformance")
    .description("run a folder of the protocol's test vectors against this implementation")
    .argument(
      "<folder>",
      "merge-*.json, merge-histories.ndjson, canonical-json.json, canonical-text.json, receipts.json",
    )
    .option("--json", "print each result as a line of JSON")
    .addHelpText(
      "after",
      `
Examples:
  $ pith-graph conformance test/vectors

JSON: {"name", "difference": null | what was expected and what came out}, a line a vector.
Exit status: 0 where all pass, 1 where one fails or the folder holds no vectors.`,
    )
    .action(async (folder: string, options: { readonly json?: boolean }) => {
      process.exitCode = await runConformance(folder, options.json === true);
    });
}

async function runConformance(folder: string, asJson: boolean): Promise<number> {
  const results: ConformanceResult[] = [];
  for (const name of (await namesIn(folder)).sort()) {
    if (!/\.(?:json|ndjson)$/.test(name)) continue;
    results.push(...runFile(name, await readTextFile(join(folder, name))));
  }
  const failed = results.filter(({ difference }) => difference !== null);
  if (asJson) {
    for (const result of results) process.stdout.write(`${jsonLine(result)}\n`);
  } else {
    for (const { name, difference } of failed) process.stdout.write(`FAILED ${name}: ${difference}\n`);
    process.stdout.write(`${results.length - failed.length} passed, ${failed.length} failed\n`);
  }
  if (results.length === 0) say(`${folder} holds no file in the format of the vectors.`);
  return results.length > 0 && failed.length === 0 ? exitStatus.done : exitStatus.foundWrong;
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: Error) => {
    throw new CommandError(`The folder cannot be read: ${error.message}`, exitStatus.misused);
  });
}

function runFile(name: string, text: string): ConformanceResult[] {
  try {
    return runVectorFile(name, text) ?? [];
  } catch (error) {
    // A file that is not a vector at all must not hide the results of the others.
    return [{ name, difference: `cannot be read as vectors: ${errorText(error)}` }];
  }
}

import type { Command } from "commander";
import { readConfig } from "../config/index.ts";
import { compareMirrors, createUrlPolicy, readBaseUrl } from "../sync/index.ts";
import { checkedArgument, type ExitStatus, exitStatus } from "./command-error.ts";
import { allowHostOption } from "./options.ts";
import { counted } from "./output/layout.ts";
import { jsonLine } from "./output/sanitize.ts";
import { printStatus } from "./output/terminal.ts";

type Options = { readonly allowHost: readonly string[]; readonly json?: boolean };

export function addCompareCommand(program: Command): void {
  program
    .command("compare")
    .description("compare the states of all papers on two mirrors")
    .argument("<first url>", "a mirror: https://mirror.example.org")
    .argument("<second url>", "another mirror")
    .option(...allowHostOption)
    .option("--json", "print the result as one line of JSON")
    .addHelpText(
      "after",
      `
Examples:
  $ pith-graph compare https://mirror.example.org https://pith.science

Each line of the result names a paper that only one mirror has, or whose states differ.
JSON: {"differences": [{"pithNumber", "difference": "ONLY_FIRST" | "ONLY_SECOND" | "OTHER_STATE"}]}, or null instead of the
list if the states differ and a feed has more than 100,000 changes.
Exit status: 0 if the mirrors have the same states; 1 if they differ; 3 if one cannot be reached.`,
    )
    .action(async (first: string, second: string, options: Options) => {
      process.exitCode = await runCompare([first, second], options);
    });
}

async function runCompare(
  addresses: readonly [string, string],
  { allowHost, json = false }: Options,
): Promise<ExitStatus> {
  const baseUrls = await checkedArgument(
    () => [readBaseUrl(addresses[0]), readBaseUrl(addresses[1])] as const,
  );
  const policy = await checkedArgument(() => createUrlPolicy([...readConfig().allowedHosts, ...allowHost]));
  const differences = await compareMirrors(baseUrls, policy);
  if (json) process.stdout.write(`${jsonLine({ differences })}\n`);
  else if (differences === null) printStatus("The states differ. A feed is too long to list the papers.");
  else {
    const texts = {
      ONLY_FIRST: `only on ${baseUrls[0]}`,
      ONLY_SECOND: `only on ${baseUrls[1]}`,
      OTHER_STATE: "different states",
    };
    for (const { pithNumber, difference } of differences) {
      process.stdout.write(`${pithNumber}  ${texts[difference]}\n`);
    }
    printStatus(
      differences.length === 0
        ? "Both mirrors have the same states."
        : `${counted(differences.length, "difference")}.`,
    );
  }
  return differences?.length === 0 ? exitStatus.done : exitStatus.failed;
}

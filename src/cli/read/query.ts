import { text as readStream } from "node:stream/consumers";
import type { Command } from "commander";
import { readTextFile } from "../../ingest/index.ts";
import { errorText } from "../../runtime/index.ts";
import { CommandError, exitStatus } from "../command-error.ts";
import { jsonLine } from "../output/sanitize.ts";
import { urlOption, withReader } from "./read-command.ts";
import type { Variables } from "./reader.ts";

type Options = { readonly url?: string; readonly file?: string; readonly variables?: string };

export function addQueryCommand(program: Command): void {
  program
    .command("query")
    .description("run a GraphQL query and print its data as JSON")
    .argument("[query]", "GraphQL query; - for standard input")
    .option("--file <path>", "read the query from a file")
    .option("--variables <json>", "variables of the query, as a JSON object")
    .addOption(urlOption())
    .addHelpText(
      "after",
      `
The query limits of servers don't apply to the local database. Numbers in JSON fields may lose precision;
\`pith-graph export\` prints documents exactly.

Examples:
  $ pith-graph query '{ status { papers claims citations } }'
  $ echo 'query ($ref: String!) { paper(ref: $ref) { title } }' | pith-graph query - --variables '{"ref":"2302.12192"}'

JSON: the \`data\` of the response, on one line. Errors go to standard error, with their code.`,
    )
    .action((query: string | undefined, options: Options) => runQuery(query, options));
}

async function runQuery(given: string | undefined, options: Options): Promise<void> {
  const query = await readQuery(given, options.file);
  const variables = readVariables(options.variables ?? "{}");
  await withReader(options, async ({ execute }) => {
    process.stdout.write(`${jsonLine(await execute(query, variables))}\n`);
  });
}

async function readQuery(given: string | undefined, file: string | undefined): Promise<string> {
  if ((given === undefined) === (file === undefined)) {
    throw new CommandError("Pass either a query or --file <path>.", exitStatus.usage);
  }
  if (given === "-") return readStream(process.stdin);
  if (file === undefined) return given ?? "";
  return readTextFile(file).catch((error: unknown) => {
    throw new CommandError(`Can't read ${file}: ${errorText(error)}.`, exitStatus.usage);
  });
}

function readVariables(text: string): Variables {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Variables;
  } catch {
    // Reported below.
  }
  throw new CommandError(`--variables must be a JSON object, not ${JSON.stringify(text)}.`, exitStatus.usage);
}

import { text as readStream } from "node:stream/consumers";
import type { Command } from "commander";
import { readTextFile } from "../../ingest/index.ts";
import { CommandError, exitStatus } from "../command-error.ts";
import { jsonLine } from "../output/shown-text.ts";
import type { Variables } from "./answer.ts";
import { urlOption, withReader } from "./read-command.ts";

type Options = { readonly url?: string; readonly file?: string; readonly variables?: string };

export function addQueryCommand(program: Command): void {
  program
    .command("query")
    .description("ask any GraphQL query, and print the data of its answer as JSON")
    .argument("[query]", "the query itself; - for standard input")
    .option("--file <path>", "read the query from a file")
    .option("--variables <json>", "the query's variables, as a JSON object")
    .addOption(urlOption())
    .addHelpText(
      "after",
      `
The limits of a server's queries do not hold for the database of one's own. Numbers inside values of the type JSON go
through doubles; \`pith-graph export document\` prints documents exactly.

Examples:
  $ pith-graph query '{ status { papers claims citations } }'
  $ echo 'query ($ref: String!) { paper(ref: $ref) { title } }' | pith-graph query - --variables '{"ref":"2302.12192"}'

JSON: the answer's \`data\`, on one line. An error of the query is printed on standard error, with its code.`,
    )
    .action((query: string | undefined, options: Options) => runQuery(query, options));
}

async function runQuery(given: string | undefined, options: Options): Promise<void> {
  const query = await readQuery(given, options.file);
  const variables = readVariables(options.variables ?? "{}");
  await withReader(options, async ({ ask }) => {
    process.stdout.write(`${jsonLine(await ask(query, variables))}\n`);
  });
}

async function readQuery(given: string | undefined, file: string | undefined): Promise<string> {
  if ((given === undefined) === (file === undefined)) {
    throw new CommandError("Give a query, or --file with the path of one.", exitStatus.misused);
  }
  if (given === "-") return readStream(process.stdin);
  if (file === undefined) return given ?? "";
  return readTextFile(file).catch((error: Error) => {
    throw new CommandError(`The query cannot be read: ${error.message}`, exitStatus.misused);
  });
}

function readVariables(text: string): Variables {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Variables;
  } catch {
    // Reported below.
  }
  throw new CommandError(
    `--variables must be a JSON object, not ${JSON.stringify(text)}.`,
    exitStatus.misused,
  );
}

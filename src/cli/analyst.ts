import { randomBytes } from "node:crypto";
import { type Command, Option } from "commander";
import {
  grantAnalyst,
  isRoleName,
  isValidPassword,
  refreshAnalytics,
  removeAnalyst,
} from "../export/index.ts";
import { CommandError, exitStatus } from "./command-error.ts";
import { withDatabase } from "./context.ts";
import { parseWholeNumber } from "./options.ts";
import { printStatus } from "./output/terminal.ts";

const passwordVariable = "PITH_GRAPH_ANALYST_PASSWORD";

type Options = { readonly statementSeconds: number; readonly remove?: boolean };

/** The commands for analysts: a role, and refreshed tables. */
export function addAnalystCommands(program: Command): void {
  program
    .command("analyst")
    .description("create a PostgreSQL role that can only read the analytics schema")
    .argument("<name>", "lower-case letters, digits and _")
    .addOption(
      new Option("--statement-seconds <seconds>", "default statement timeout of the role")
        .argParser(parseWholeNumber(1, 86_400))
        .default(300),
    )
    .option("--remove", "drop the role instead")
    .addHelpText(
      "after",
      `
Examples:
  $ pith-graph analyst ada
  $ pith-graph analyst grace --statement-seconds 60
  $ pith-graph analyst grace --remove

The password is read from ${passwordVariable} (at least 12 printable ASCII characters); without it, one is
generated and printed once. For a role that this command created, it resets the password and the settings.`,
    )
    .action(analyst);
  program
    .command("refresh")
    .description(
      "recompute the stored tables of the analytics schema: anchor_rates, field_anchors, anchor_works",
    )
    .addHelpText(
      "after",
      `
Queries that run at the same time see either the old tables or the new ones.

Examples:
  $ pith-graph refresh`,
    )
    .action(refresh);
}

async function analyst(name: string, { statementSeconds, remove = false }: Options): Promise<void> {
  if (!isRoleName(name)) {
    throw new CommandError(
      `Invalid role name ${JSON.stringify(name)}: use lower-case letters, digits and _, and don't begin with a digit or pg_.`,
      exitStatus.usage,
    );
  }
  if (remove) {
    const isRemoved = await withDatabase({}, ({ database }) => removeAnalyst(database, name));
    if (!isRemoved) throw new CommandError(`No role ${name} was created by \`pith-graph analyst\`.`);
    printStatus(`Dropped the role ${name}.`);
    return;
  }
  const given = process.env[passwordVariable];
  if (given !== undefined && !isValidPassword(given)) {
    throw new CommandError(
      `${passwordVariable} must be 12 to 200 printable ASCII characters without spaces.`,
      exitStatus.usage,
    );
  }
  const password = given ?? randomBytes(24).toString("base64url");
  const { isNew } = await withDatabase({}, ({ database }) =>
    grantAnalyst(database, { name, password, statementSeconds }),
  );
  printStatus(`${isNew ? "Created" : "Updated"} the role ${name}. It can only read the analytics schema.`);
  if (given === undefined) process.stdout.write(`password   ${password}\n`);
}

async function refresh(): Promise<void> {
  const { set, rows } = await withDatabase({}, ({ database }) => refreshAnalytics(database));
  if (rows === null) printStatus(`The tables are up to date with data set ${set.version}.`);
  for (const [name, count] of Object.entries(rows ?? {})) printStatus(`${name}: ${count} rows`);
  if (rows !== null) printStatus(`Recomputed from data set ${set.version}.`);
}

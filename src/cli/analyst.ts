import { randomBytes } from "node:crypto";
import { type Command, Option } from "commander";
import {
  grantAnalyst,
  isRoleName,
  isValidPassword,
  RoleInUseError,
  refreshAnalytics,
  removeAnalyst,
} from "../export/index.ts";
import { CommandError, exitStatus } from "./command-error.ts";
import { say, withDatabase } from "./context.ts";
import { wholeNumber } from "./options.ts";

const passwordVariable = "PITH_GRAPH_ANALYST_PASSWORD";

type Options = { readonly statementSeconds: number; readonly remove?: boolean };

/** The commands for analysts: a role, and refreshed tables. */
export function addAnalystCommands(program: Command): void {
  program
    .command("analyst")
    .description("make a PostgreSQL role that reads the schema analytics and nothing else")
    .argument("<name>", "lower-case letters, digits and _")
    .addOption(
      new Option(
        "--statement-seconds <seconds>",
        "how long a statement may take unless its session says otherwise",
      )
        .argParser(wholeNumber(1, 86_400))
        .default(300),
    )
    .option("--remove", "take the role away instead")
    .addHelpText(
      "after",
      `
Examples:
  $ pith-graph analyst ada
  $ pith-graph analyst grace --statement-seconds 60
  $ pith-graph analyst grace --remove

The password comes from ${passwordVariable} (12 printable ASCII characters or more), else one is made and
printed once. Given again for a role that it made, it sets the password and the settings anew.`,
    )
    .action(analyst);
  program
    .command("refresh")
    .description(
      "compute the tables of the schema analytics that are kept: anchor_rates, field_anchors, anchor_works",
    )
    .addHelpText(
      "after",
      `
Readers see the old tables or the new. Exit status: 0, also where nothing had changed.

Examples:
  $ pith-graph refresh`,
    )
    .action(refresh);
}

async function analyst(name: string, { statementSeconds, remove = false }: Options): Promise<void> {
  if (!isRoleName(name)) {
    throw new CommandError(
      `${JSON.stringify(name)} cannot be the name: lower-case letters, digits and _, not beginning with a digit or pg_.`,
      exitStatus.misused,
    );
  }
  if (remove) {
    const isRemoved = await withDatabase({}, ({ database }) => removeAnalyst(database, name));
    if (!isRemoved) throw new CommandError(`There is no role ${name} that this command made.`);
    say(`The role ${name} is gone.`);
    return;
  }
  const given = process.env[passwordVariable];
  if (given !== undefined && !isValidPassword(given)) {
    throw new CommandError(
      `${passwordVariable} must be 12 to 200 printable ASCII characters without spaces.`,
      exitStatus.misused,
    );
  }
  const password = given ?? randomBytes(24).toString("base64url");
  const { isNew } = await withDatabase({}, ({ database }) =>
    grantAnalyst(database, { name, password, statementSeconds }).catch((error: unknown) => {
      if (error instanceof RoleInUseError) throw new CommandError(error.message);
      throw error;
    }),
  );
  say(
    `The role ${name} ${isNew ? "is made" : "has a new password"}. It reads the schema analytics and nothing else.`,
  );
  if (given === undefined) process.stdout.write(`password   ${password}\n`);
}

async function refresh(): Promise<void> {
  const { set, rows } = await withDatabase({}, ({ database }) => refreshAnalytics(database));
  if (rows === null) say(`Nothing has changed: the tables are of the set ${set.version}.`);
  for (const [name, count] of Object.entries(rows ?? {})) say(`${name}: ${count} rows`);
  if (rows !== null) say(`The tables are of the set ${set.version} now.`);
}

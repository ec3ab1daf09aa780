import type { Command } from "commander";
import { type GivenOptions, readConfig, settingsInForce, unknownVariables } from "../config/index.ts";
import { type Log, printable } from "../runtime/index.ts";
import { jsonLine } from "./output/shown-text.ts";
import { say } from "./output/terminal.ts";

type Options = { readonly json?: boolean; readonly port?: string; readonly host?: string };

export function addConfigCommand(program: Command): void {
  program
    .command("config")
    .description("check the configuration and print what is in force, secrets masked")
    .option("--port <number>", "as for serve (PORT; 4000)")
    .option("--host <address>", "as for serve (HOST; 127.0.0.1)")
    .option("--json", "print each setting as a line of JSON")
    .addHelpText(
      "after",
      `
Examples:
  $ pith-graph config
  $ pith-graph config --port 8080 --json

Each setting with its value and where that comes from: an option, the environment, or the default.
Exit status: 0, or 2 where a setting cannot be used.`,
    )
    .action((options: Options) => runConfig(options));
}

/** The options that override variables, by the variables' names. */
export function givenOptions({
  port,
  host,
  logsJson = false,
}: Pick<Options, "port" | "host"> & { readonly logsJson?: boolean | undefined }): GivenOptions {
  return { PORT: port, HOST: host, PITH_GRAPH_LOG_FORMAT: logsJson ? "json" : undefined };
}

/** Warns of each unknown variable that looks like a setting. */
export function warnOfUnknownVariables(log: Log): void {
  for (const warning of unknownVariables(process.env)) log.warn(warning);
}

function runConfig(options: Options): void {
  const given = givenOptions(options);
  for (const warning of unknownVariables(process.env)) say(`warning: ${warning}`);
  readConfig(process.env, given);
  const settings = settingsInForce(process.env, given);
  const width = Math.max(...settings.map(({ name }) => name.length));
  for (const setting of settings) {
    const { name, value, origin } = setting;
    process.stdout.write(
      options.json === true
        ? `${jsonLine(setting)}\n`
        : `${name.padEnd(width)}  ${origin.padEnd(11)}  ${value === null ? "" : printable(value)}`.trimEnd() +
            "\n",
    );
  }
}

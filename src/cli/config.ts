import { createHash, randomBytes } from "node:crypto";
import type { Command } from "commander";
import { effectiveSettings, type OptionOverrides, readConfig, unknownVariables } from "../config/index.ts";
import { type Log, printable } from "../runtime/index.ts";
import { jsonLine } from "./output/sanitize.ts";
import { printStatus } from "./output/terminal.ts";

type Options = { readonly json?: boolean; readonly port?: string; readonly host?: string };

/** Commands about settings: `config` prints them, `token` creates one. */
export function addConfigCommands(program: Command): void {
  program
    .command("config")
    .description("check the configuration and print the effective settings, with secrets masked")
    .option("--port <number>", "as in `pith-graph serve` (PORT; 4000)")
    .option("--host <address>", "as in `pith-graph serve` (HOST; 127.0.0.1)")
    .option("--json", "print each setting as one line of JSON")
    .addHelpText(
      "after",
      `
Prints each setting with its value and origin: an option, the environment, or the default.

Examples:
  $ pith-graph config
  $ pith-graph config --port 8080 --json

JSON: one line per setting, {"name", "value": string | null, "origin"}.
Exit status: 2 if a setting is invalid.`,
    )
    .action((options: Options) => runConfig(options));
  program
    .command("token")
    .description("create a token for submitting documents, and its hash for PITH_GRAPH_TOKENS")
    .argument("[name]", "name of its owner, for the log and the submissions")
    .option("--json", "print both as one line of JSON")
    .addHelpText(
      "after",
      `
The token is not stored anywhere. Give it to the submitter, and put its hash into the configuration.

Examples:
  $ pith-graph token ada

JSON: {"token", "setting": the entry of PITH_GRAPH_TOKENS}.`,
    )
    .action(createToken);
}

function createToken(name: string | undefined, options: { readonly json?: boolean }): void {
  const token = randomBytes(32).toString("base64url");
  const sha256 = createHash("sha256").update(token).digest("hex");
  // Replaces characters that the setting cannot contain, or that control a terminal.
  const owner = name?.replace(/[\p{C}\s,:]+/gu, "-") ?? "";
  const setting = `${owner === "" ? "" : `${owner}:`}${sha256}`;
  process.stdout.write(
    options.json === true
      ? `${jsonLine({ token, setting })}\n`
      : `token                ${token}\nPITH_GRAPH_TOKENS    ${setting}\n`,
  );
}

/** The options that override variables, by the variables' names. */
export function optionOverrides({
  port,
  host,
  logsJson = false,
}: Pick<Options, "port" | "host"> & { readonly logsJson?: boolean | undefined }): OptionOverrides {
  return { PORT: port, HOST: host, PITH_GRAPH_LOG_FORMAT: logsJson ? "json" : undefined };
}

/** Warns of each unknown variable that looks like a setting. */
export function warnOfUnknownVariables(log: Log): void {
  for (const warning of unknownVariables(process.env)) log.warn(warning);
}

function runConfig(options: Options): void {
  const given = optionOverrides(options);
  for (const warning of unknownVariables(process.env)) printStatus(`warning: ${warning}`);
  readConfig(process.env, given);
  const settings = effectiveSettings(process.env, given);
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

import type { Command } from "commander";
import { softwareVersion } from "../runtime/index.ts";
import { exitStatus } from "./command-error.ts";
import type { Finding } from "./doctor-installation.ts";
import { counted, padded, textWidth, wrapped } from "./output/layout.ts";
import { jsonLine, sanitize } from "./output/sanitize.ts";
import { type Colours, coloursFor } from "./output/terminal.ts";

export function addDoctorCommand(program: Command): void {
  program
    .command("doctor")
    .description("check this installation and suggest fixes")
    .option("--json", "print the findings as one line of JSON")
    .addHelpText(
      "after",
      `
Checks Node.js, the installed files, each setting, the keyring and the validity of its keys, the tokens, the data folder
and its disk, the database and its schema, the port, and the locale. Read-only; if the embedded server is not running, it
is started temporarily.

Examples:
  $ pith-graph doctor
  $ pith-graph doctor --json

JSON: {"findings": [{"check", "result": "ok" | "warning" | "wrong", "text", "advice"?}]}.
Exit status: 1 if something is wrong; 0 if there are only warnings.`,
    )
    .action(async (options: { readonly json?: boolean }) => {
      process.exitCode = await runDoctor(options.json === true);
    });
}

async function runDoctor(asJson: boolean): Promise<number> {
  const findings = await examine(process.env);
  const lines = () => findingLines(findings, coloursFor(process.stdout), textWidth(process.stdout));
  process.stdout.write(asJson ? `${jsonLine({ findings })}\n` : `${lines().join("\n")}\n`);
  return findings.some(({ result }) => result === "wrong") ? exitStatus.failed : exitStatus.done;
}

/** All findings, in the order in which they depend on each other. */
async function examine(environment: NodeJS.ProcessEnv): Promise<Finding[]> {
  const checks = await import("./doctor-installation.ts");
  const config = checks.usableConfig(environment);
  return [
    checks.nodeFinding(process.versions.node),
    checks.softwareFinding(softwareVersion),
    ...checks.settingsFindings(environment),
    ...(await checks.keyringFindings(config, `${new Date().toISOString().slice(0, 19)}Z`)),
    checks.tokensFinding(config),
    ...(await databaseFindings(config.databaseUrl, config.dataDirectory)),
    await checks.portFinding(config.host, config.port),
    checks.localeFinding(environment),
  ];
}

async function databaseFindings(url: string | undefined, dataDirectory: string): Promise<Finding[]> {
  const { checkDatabase, checkDataFolder, checkEmbeddedServer } = await import("./doctor-database.ts");
  if (url !== undefined) return checkDatabase(url);
  const { findings, hasCluster } = await checkDataFolder(dataDirectory);
  return [...findings, ...(hasCluster ? await checkEmbeddedServer(dataDirectory) : [])];
}

function findingLines(findings: readonly Finding[], colours: Colours, width: number): string[] {
  const signs = {
    ok: colours.good("ok     "),
    warning: colours.doubtful("warning"),
    wrong: colours.bad("wrong  "),
  };
  const lines = findings.flatMap(({ check, result, text, advice }) => [
    `${signs[result]}  ${colours.strong(padded(sanitize(check), 14))}  ${sanitize(text)}`,
    ...wrapped(sanitize(advice ?? ""), width - 25).map((line) => `${" ".repeat(25)}${line}`),
  ]);
  const count = (result: Finding["result"]) => findings.filter((finding) => finding.result === result).length;
  const [bad, doubtful] = [count("wrong"), count("warning")];
  const summary =
    bad + doubtful === 0
      ? "No problems found."
      : `${counted(bad, "fault")}, ${counted(doubtful, "warning")}.`;
  return [...lines, "", summary];
}

import type { Command } from "commander";
import { softwareVersion } from "../../runtime/index.ts";
import { exitStatus } from "../command-error.ts";
import { counted, padded, textWidth, wrapped } from "../output/layout.ts";
import { jsonLine, shownText } from "../output/shown-text.ts";
import { type Colours, coloursFor } from "../output/terminal.ts";
import type { Finding } from "./finding.ts";

export function addDoctorCommand(program: Command): void {
  program
    .command("doctor")
    .description("say what is wrong with this installation, and what to do about it")
    .option("--json", "print the findings as one line of JSON")
    .addHelpText(
      "after",
      `
Looks at Node.js, the software's own files, every setting by itself, the keyring and whether its keys count today, the
tokens, the data folder, its disk, the database and its tables, the port, and the locale. Changes nothing; where the
embedded server is not running it is started for the moment.

Examples:
  $ pith-graph doctor
  $ pith-graph doctor --json

JSON: {"findings": [{"check", "result": "ok" | "warning" | "wrong", "text", "advice"?}]}.
Exit status: 1 where something is wrong; warnings alone give 0.`,
    )
    .action(async (options: { readonly json?: boolean }) => {
      process.exitCode = await runDoctor(options.json === true);
    });
}

async function runDoctor(asJson: boolean): Promise<number> {
  const findings = await examine(process.env);
  const lines = () => findingLines(findings, coloursFor(process.stdout), textWidth(process.stdout));
  process.stdout.write(asJson ? `${jsonLine({ findings })}\n` : `${lines().join("\n")}\n`);
  return findings.some(({ result }) => result === "wrong") ? exitStatus.foundWrong : exitStatus.done;
}

/** All findings, in the order in which they depend on each other. */
async function examine(environment: NodeJS.ProcessEnv): Promise<Finding[]> {
  const { localeFinding, nodeFinding, softwareFinding } = await import("./software-checks.ts");
  const settings = await import("./settings-checks.ts");
  const config = settings.usableConfig(environment);
  return [
    nodeFinding(process.versions.node),
    softwareFinding(softwareVersion),
    ...settings.settingsFindings(environment),
    ...(await settings.keyringFindings(config, `${new Date().toISOString().slice(0, 19)}Z`)),
    settings.tokensFinding(config),
    ...(await databaseFindings(config.databaseUrl, config.dataDirectory)),
    await (await import("./settings-checks.ts")).portFinding(config.host, config.port),
    localeFinding(environment),
  ];
}

async function databaseFindings(url: string | undefined, dataDirectory: string): Promise<Finding[]> {
  const { lookAtDatabase, lookAtEmbedded } = await import("./database-checks.ts");
  if (url !== undefined) return lookAtDatabase(url);
  const { lookAtData } = await import("./database-checks.ts");
  const { findings, hasCluster } = await lookAtData(dataDirectory);
  return [...findings, ...(hasCluster ? await lookAtEmbedded(dataDirectory) : [])];
}

function findingLines(findings: readonly Finding[], colours: Colours, width: number): string[] {
  const signs = {
    ok: colours.good("ok     "),
    warning: colours.doubtful("warning"),
    wrong: colours.bad("wrong  "),
  };
  const lines = findings.flatMap(({ check, result, text, advice }) => [
    `${signs[result]}  ${colours.strong(padded(shownText(check), 14))}  ${shownText(text)}`,
    ...wrapped(shownText(advice ?? ""), width - 25).map((line) => `${" ".repeat(25)}${line}`),
  ]);
  const count = (result: Finding["result"]) => findings.filter((finding) => finding.result === result).length;
  const [bad, doubtful] = [count("wrong"), count("warning")];
  const summary =
    bad + doubtful === 0 ? "Nothing is wrong." : `${counted(bad, "fault")}, ${counted(doubtful, "warning")}.`;
  return [...lines, "", summary];
}

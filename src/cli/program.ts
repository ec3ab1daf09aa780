import { Command } from "commander";
import { softwareVersion } from "../runtime/index.ts";
import { coloursFor, isColoured } from "./output/terminal.ts";

type AddCommand = (program: Command) => void;

/** A file of commands. It is loaded only if one of them is needed, or all are listed. */
type CommandFile = { readonly names: readonly string[]; readonly load: () => Promise<AddCommand> };

/** The commands by purpose, in the order of the help: one file for each. */
const groups: readonly (readonly [heading: string, files: readonly CommandFile[]])[] = [
  [
    "Serve",
    [
      { names: ["start"], load: async () => (await import("./start.ts")).addStartCommand },
      { names: ["serve"], load: async () => (await import("./start.ts")).addServeCommand },
      { names: ["worker"], load: async () => (await import("./worker.ts")).addWorkerCommand },
    ],
  ],
  [
    "Read",
    [
      { names: ["status"], load: async () => (await import("./read/status.ts")).addStatusCommand },
      { names: ["papers"], load: async () => (await import("./read/papers.ts")).addPapersCommand },
      { names: ["paper"], load: async () => (await import("./read/paper.ts")).addPaperCommand },
      { names: ["claims"], load: async () => (await import("./read/claims.ts")).addClaimsCommand },
      { names: ["refs"], load: async () => (await import("./read/references.ts")).addReferencesCommand },
      { names: ["graph"], load: async () => (await import("./read/graph.ts")).addGraphCommand },
      { names: ["search"], load: async () => (await import("./read/search.ts")).addSearchCommand },
      { names: ["cite"], load: async () => (await import("./read/cite.ts")).addCiteCommand },
      { names: ["open"], load: async () => (await import("./open.ts")).addOpenCommand },
      { names: ["query"], load: async () => (await import("./read/query.ts")).addQueryCommand },
    ],
  ],
  [
    "Documents",
    [
      { names: ["ingest"], load: async () => (await import("./ingest.ts")).addIngestCommand },
      { names: ["demo"], load: async () => (await import("./demo.ts")).addDemoCommand },
      { names: ["sync"], load: async () => (await import("./sync.ts")).addSyncCommand },
      { names: ["compare"], load: async () => (await import("./compare.ts")).addCompareCommand },
      { names: ["verify", "conformance"], load: async () => (await import("./verify.ts")).addVerifyCommands },
      { names: ["export"], load: async () => (await import("./export.ts")).addExportCommand },
      { names: ["analyst", "refresh"], load: async () => (await import("./analyst.ts")).addAnalystCommands },
      { names: ["quarantine"], load: async () => (await import("./quarantine.ts")).addQuarantineCommand },
    ],
  ],
  [
    "Maintain",
    [
      { names: ["doctor"], load: async () => (await import("./doctor.ts")).addDoctorCommand },
      { names: ["check", "rebuild"], load: async () => (await import("./check.ts")).addCheckCommands },
      { names: ["migrate", "distribute"], load: async () => (await import("./schema.ts")).addSchemaCommands },
      { names: ["backup", "restore"], load: async () => (await import("./backup.ts")).addBackupCommands },
      { names: ["config", "token"], load: async () => (await import("./config.ts")).addConfigCommands },
      {
        names: ["completion"],
        load: async () => {
          const { addCompletionCommand } = await import("./completion.ts");
          return (program) => addCompletionCommand(program, createProgram);
        },
      },
    ],
  ],
];

/** The command line. With the name of a command it has only that one, which loads faster; otherwise all of them. */
export async function createProgram(name?: string): Promise<Command> {
  const program = emptyProgram();
  const files = groups.flatMap(([heading, files]) => files.map((file) => ({ heading, file })));
  const wanted = files.filter(({ file }) => name !== undefined && file.names.includes(name));
  const isVersion = name === "--version" || name === "-V";
  for (const { heading, file } of wanted.length > 0 || isVersion ? wanted : files) {
    const before = program.commands.length;
    (await file.load())(program);
    for (const command of program.commands.slice(before)) command.helpGroup(`${heading}:`);
  }
  nameHelp(program, program.name());
  return program;
}

/** A usage error ends with the command that prints the usage. */
function nameHelp(command: Command, words: string): void {
  command.showHelpAfterError(`Run \`${words} --help\` for usage.`);
  for (const below of command.commands) nameHelp(below, `${words} ${below.name()}`);
}

/** Commander's usage errors in the form of our own: `error: Unknown command 'papers'. Did you mean paper?` */
function usageError(text: string): string {
  const [, first = "", rest = ""] = /^error: (.)(.*)$/s.exec(text.trim()) ?? [];
  const message = `${first.toUpperCase()}${rest}`.replace(/\n\((.*)\)$/, ". $1");
  return `${coloursFor(process.stderr).bad("error:")} ${message}${/[.?]$/.test(message) ? "" : "."}\n`;
}

function emptyProgram(): Command {
  const colours = coloursFor(process.stdout);
  return (
    new Command("pith-graph")
      .description("Verify signed scholarly records and serve them as a GraphQL citation graph")
      .version(softwareVersion)
      .configureOutput({
        getOutHasColors: () => isColoured(process.stdout),
        getErrHasColors: () => isColoured(process.stderr),
        outputError: (text, write) => write(usageError(text)),
      })
      .configureHelp({
        styleTitle: colours.strong,
        styleCommandText: colours.name,
        styleSubcommandTerm: colours.name,
        styleOptionTerm: colours.name,
        styleArgumentTerm: colours.name,
      })
      // Usage errors have their own exit status: see main.ts.
      .exitOverride()
      .addHelpText("after", notes)
  );
}

const notes = `
Environment variables (all of them: docs/configuration.md):
  DATABASE_URL        address of a PostgreSQL server; without it, the embedded server runs
  PITH_GRAPH_DATA     data folder of the embedded server (.pith-graph)
  PITH_GRAPH_KEYRING  JSON file of trusted keys, in addition to the registry's
  PITH_GRAPH_TOKENS   hashes of the tokens that may submit documents (see \`pith-graph token\`)
  PITH_GRAPH_URL      server to query instead of the database
  PORT, HOST          port and address to listen on (4000, 127.0.0.1)
  NO_COLOR, FORCE_COLOR  switch colors off or on

Exit status: 0 success, 1 check failed or nothing found, 2 wrong usage, 3 could not be completed (docs/cli.md).`;

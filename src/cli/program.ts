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
      { names: ["token"], load: async () => (await import("./token.ts")).addTokenCommand },
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
      { names: ["verify"], load: async () => (await import("./verify.ts")).addVerifyCommand },
      { names: ["export"], load: async () => (await import("./export.ts")).addExportCommand },
      { names: ["analyst", "refresh"], load: async () => (await import("./analyst.ts")).addAnalystCommands },
      { names: ["quarantine"], load: async () => (await import("./quarantine.ts")).addQuarantineCommand },
    ],
  ],
  [
    "Care",
    [
      { names: ["doctor"], load: async () => (await import("./doctor/doctor.ts")).addDoctorCommand },
      { names: ["check", "rebuild"], load: async () => (await import("./care.ts")).addCareCommands },
      { names: ["migrate"], load: async () => (await import("./migrate.ts")).addMigrateCommand },
      { names: ["backup", "restore"], load: async () => (await import("./backup.ts")).addBackupCommands },
      { names: ["config"], load: async () => (await import("./config.ts")).addConfigCommand },
      { names: ["distribute"], load: async () => (await import("./distribute.ts")).addDistributeCommand },
      { names: ["conformance"], load: async () => (await import("./conformance.ts")).addConformanceCommand },
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

/** The command line. With the name of a command it has only that one, which loads faster; else all of them. */
export async function createProgram(asked?: string): Promise<Command> {
  const program = emptyProgram();
  const files = groups.flatMap(([heading, files]) => files.map((file) => ({ heading, file })));
  const wanted = files.filter(({ file }) => asked !== undefined && file.names.includes(asked));
  const isVersion = asked === "--version" || asked === "-V";
  for (const { heading, file } of wanted.length > 0 || isVersion ? wanted : files) {
    const before = program.commands.length;
    (await file.load())(program);
    for (const command of program.commands.slice(before)) command.helpGroup(`${heading}:`);
  }
  return program;
}

function emptyProgram(): Command {
  const colours = coloursFor(process.stdout);
  return (
    new Command("pith-graph")
      .description("Signed scholarly records, verified and served as a GraphQL knowledge graph")
      .version(softwareVersion)
      .showHelpAfterError("(pith-graph <command> --help tells more)")
      .configureOutput({
        getOutHasColors: () => isColoured(process.stdout),
        getErrHasColors: () => isColoured(process.stderr),
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
Settings come from the environment (docs/configuration.md has all of them):
  DATABASE_URL        a PostgreSQL address; without it, an embedded server runs
  PITH_GRAPH_DATA     where the embedded server keeps its data (.pith-graph)
  PITH_GRAPH_KEYRING  JSON file of keys to trust besides the registry's
  PITH_GRAPH_TOKENS   who may submit documents: hashes, as \`pith-graph token\` prints them
  PITH_GRAPH_URL      a server that reading commands ask, rather than the database
  PORT, HOST          where to listen (4000, 127.0.0.1)
  NO_COLOR, FORCE_COLOR  whether answers are coloured; else they are on a terminal

Exit status: 0 done; 1 something wrong was found; 2 wrong use; 3 it could not be done (docs/cli.md).`;

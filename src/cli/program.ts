import { Command } from "commander";
import { softwareVersion } from "../version.ts";
import { addAnalystCommands } from "./analyst.ts";
import { addBackupCommands } from "./backup.ts";
import { addCareCommands } from "./care.ts";
import { addConfigCommand } from "./config.ts";
import { addConformanceCommand } from "./conformance.ts";
import { addDistributeCommand } from "./distribute.ts";
import { addExportCommand } from "./export.ts";
import { addIngestCommand } from "./ingest.ts";
import { addMigrateCommand } from "./migrate.ts";
import { addQuarantineCommand } from "./quarantine.ts";
import { addServeCommand } from "./serve.ts";
import { addStartCommand } from "./start.ts";
import { addSyncCommand } from "./sync.ts";
import { addTokenCommand } from "./token.ts";
import { addVerifyCommand } from "./verify.ts";
import { addWorkerCommand } from "./worker.ts";

/** The command line, one file a command. */
export function createProgram(): Command {
  const program = new Command("pith-graph")
    .description("Signed scholarly records, verified and served as a GraphQL knowledge graph")
    .version(softwareVersion)
    .showHelpAfterError("(pith-graph <command> --help tells more)");
  addStartCommand(program);
  addServeCommand(program);
  addWorkerCommand(program);
  addConfigCommand(program);
  addTokenCommand(program);
  addIngestCommand(program);
  addSyncCommand(program);
  addVerifyCommand(program);
  addExportCommand(program);
  addAnalystCommands(program);
  addCareCommands(program);
  addBackupCommands(program);
  addMigrateCommand(program);
  addQuarantineCommand(program);
  addDistributeCommand(program);
  addConformanceCommand(program);
  program.addHelpText(
    "after",
    `
Settings come from the environment:
  DATABASE_URL        a PostgreSQL address; without it, an embedded server runs
  PITH_GRAPH_DATA     where the embedded server keeps its data (.pith-graph)
  PITH_GRAPH_KEYRING  JSON file of keys to trust besides the registry's
  PITH_GRAPH_TOKENS   who may submit documents: hashes, as \`pith-graph token\` prints them
  PITH_GRAPH_ALLOW_HOSTS  hosts that \`sync\` may reach although they are private, or speak http
  PITH_GRAPH_BASE_URL     the address that mirrors reach this one by; else that of each request
  PORT, HOST          where to listen (4000, 127.0.0.1)`,
  );
  return program;
}

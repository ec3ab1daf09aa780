import { Command } from "commander";
import { softwareVersion } from "../version.ts";
import { addConformanceCommand } from "./conformance.ts";
import { addExportCommand } from "./export.ts";
import { addIngestCommand } from "./ingest.ts";
import { addStartCommand } from "./start.ts";
import { addSyncCommand } from "./sync.ts";
import { addVerifyCommand } from "./verify.ts";

/** The command line, one file a command. */
export function createProgram(): Command {
  const program = new Command("pith-graph")
    .description("Signed scholarly records, verified and served as a GraphQL knowledge graph")
    .version(softwareVersion)
    .showHelpAfterError("(pith-graph <command> --help tells more)");
  addStartCommand(program);
  addIngestCommand(program);
  addSyncCommand(program);
  addVerifyCommand(program);
  addExportCommand(program);
  addConformanceCommand(program);
  program.addHelpText(
    "after",
    `
Settings come from the environment:
  DATABASE_URL        a PostgreSQL address; without it, an embedded server runs
  PITH_GRAPH_DATA     where the embedded server keeps its data (.pith-graph)
  PITH_GRAPH_KEYRING  JSON file of keys to trust besides the registry's
  PORT, HOST          where to listen (4000, 127.0.0.1)`,
  );
  return program;
}

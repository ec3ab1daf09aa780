import type { Command } from "commander";
import { runService, type ServiceOptions } from "./start.ts";

export function addServeCommand(program: Command): void {
  program
    .command("serve")
    .description("serve the GraphQL API and work on submissions, without the sample")
    .option("--keyring <file>", "JSON file of keys to trust besides the registry's")
    .option("--port <number>", "port to listen on (PORT; 4000)")
    .option("--host <address>", "address to listen on (HOST; 127.0.0.1)")
    .addHelpText("after", "\nExamples:\n  $ pith-graph serve --host 0.0.0.0")
    .action((options: Omit<ServiceOptions, "sample">) => runService({ ...options, sample: false }, "always"));
}

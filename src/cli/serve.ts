import type { Command } from "commander";
import { logJson, runService, type ServiceOptions } from "./start.ts";

type Options = Omit<ServiceOptions, "sample"> & { readonly worker: boolean };

export function addServeCommand(program: Command): void {
  program
    .command("serve")
    .description("serve the GraphQL API and work on submissions, without the sample")
    .option("--no-worker", "leave the work on submissions to `pith-graph worker`, run elsewhere")
    .option("--keyring <file>", "JSON file of keys to trust besides the registry's")
    .option("--port <number>", "port to listen on (PORT; 4000)")
    .option("--host <address>", "address to listen on (HOST; 127.0.0.1)")
    .option("--json", logJson)
    .addHelpText(
      "after",
      "\nExamples:\n  $ pith-graph serve --host 0.0.0.0\n  $ pith-graph serve --no-worker",
    )
    .action(({ worker, ...options }: Options) =>
      runService({ ...options, sample: false }, worker ? "always" : "never"),
    );
}

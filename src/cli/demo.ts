import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { createIngestThreads, ingest, type SourceDocument } from "../ingest/index.ts";
import { canonicalJson } from "../protocol/index.ts";
import { type HepThPaper, hepThBundles, hepThFile, readHepTh } from "../sample/index.ts";
import type { Database } from "../store/index.ts";
import { CommandError, exitStatus } from "./command-error.ts";
import { withDatabase } from "./context.ts";
import { reportFirstLoad } from "./first-load.ts";
import { listenForInterruption } from "./interruption.ts";
import { loadKeyring } from "./keyring-file.ts";
import { lowerPriority } from "./lower-priority.ts";
import { counted } from "./output/layout.ts";
import { printStatus } from "./output/terminal.ts";
import { Progress } from "./progress.ts";
import { isSampleLoaded, loadSample, sampleKeyringPath } from "./sample.ts";

type DemoOptions = { readonly quiet?: boolean };

export function addDemoCommand(program: Command): void {
  program
    .command("demo")
    .description("import a large example: the 27,770 papers of arXiv's hep-th citation network")
    .option("--quiet", "print only the summary")
    .addHelpText(
      "after",
      `
Titles, authors, abstracts and the 352,807 citations are real. The documents are signed with the sample's key, which
is public, so the signatures prove nothing: use an empty database, or the one of \`pith-graph start\`, which may be
running. If the import is interrupted, run the command again to continue.

Examples:
  $ pith-graph demo`,
    )
    .action(async (options: DemoOptions) => {
      process.exitCode = await runDemo(options);
    });
}

/** Imports the sample if it is missing, then all of hep-th; returns the exit status. */
async function runDemo({ quiet }: DemoOptions): Promise<number> {
  requireNetwork();
  const interruption = listenForInterruption();
  return withDatabase({}, async ({ config, database }) => {
    const isLoaded = await isSampleLoaded(database);
    if (!isLoaded) await requireEmpty(database);
    const keyring = await loadKeyring([config.keyringPath, sampleKeyringPath]);
    const { signal } = interruption;
    if (!isLoaded) {
      printStatus("Importing the sample …");
      await loadSample(database, keyring, { signal, onBatch: () => {} });
    }
    const network = readHepTh();
    printStatus(`Importing ${network.length} papers …`);
    const progress = new Progress(network.length, quiet !== true);
    const options = { keyring, minimumProof: "signed", maximumBytes: config.maximumDocumentBytes } as const;
    lowerPriority();
    const threads = createIngestThreads(database, options, Math.min(8, availableParallelism()));
    const summary = await ingest(
      database,
      deliveries(network, () => progress.read(1)),
      {
        ...options,
        threads,
        firstLoad: reportFirstLoad((line) => progress.print(line)),
        signal,
        onBatch: (current) => progress.showSummary(current),
      },
    ).finally(() => threads.close());
    progress.end();
    const interrupted = interruption.status();
    if (interrupted !== undefined) {
      printStatus(
        `Interrupted after ${summary.documents} of ${network.length} papers. Run the command again to continue.`,
      );
      return interrupted;
    }
    const citations = network.reduce((sum, { references }) => sum + references.length, 0);
    printStatus(`Imported ${counted(network.length, "paper")} with ${counted(citations, "citation")}.`);
    printStatus(
      `To see them, run \`pith-graph start\` and open http://127.0.0.1:${config.port}/graph?of=hep-th/9711200`,
    );
    return exitStatus.done;
  });
}

function requireNetwork(): void {
  if (existsSync(hepThFile)) return;
  throw new CommandError(
    `The installed package does not include the demo's data (${fileURLToPath(hepThFile)}). Run the command in a clone of the pith-graph repository.`,
    exitStatus.unavailable,
  );
}

/** Papers signed with a public key must not be mixed with papers that someone relies on. */
async function requireEmpty({ pool }: Database): Promise<void> {
  const { rowCount } = await pool.query("SELECT 1 FROM papers LIMIT 1");
  if (rowCount === 0) return;
  throw new CommandError(
    "This database has papers that are not the sample's, and the demo's signatures prove nothing. Use a separate database: PITH_GRAPH_DATA=./demo-data pith-graph demo",
    exitStatus.usage,
  );
}

async function* deliveries(
  network: readonly HepThPaper[],
  onPaper: () => void,
): AsyncGenerator<SourceDocument> {
  for (const bundle of hepThBundles(network)) {
    onPaper();
    yield { source: "hep-th", bytes: Buffer.from(canonicalJson(bundle)) };
  }
}

import type { Command } from "commander";
import { readConfig, readMinimumProof } from "../config/index.ts";
import { type Delivered, findSources, readSource } from "../ingest/sources/files.ts";
import { CommandError } from "./command-error.ts";
import { exitStatus } from "./exit-status.ts";
import { loadKeyring } from "./keyring-file.ts";
import { outputClosed } from "./output/closed-output.ts";
import { say } from "./output/say.ts";
import { jsonLine } from "./output/shown-text.ts";
import { isFailure, reportLines, type VerifyOptions, verifyDocument } from "./verify-report.ts";

type Options = { readonly minimumProof: string; readonly keyring?: string; readonly json?: boolean };

export function addVerifyCommand(program: Command): void {
  program
    .command("verify")
    .description("judge documents offline: every check and every event, with its verdict")
    .argument(
      "<path>",
      "a bundle or a state (.json), several of them (.ndjson), also .gz; a folder of these; - for standard input",
    )
    .option(
      "--minimum-proof <proof>",
      "minimum proof of an accepted event: hash (take the source's word) or signed",
      "hash",
    )
    .option("--keyring <file>", "JSON file of keys to trust besides the registry's")
    .option("--json", "print one JSON object a document")
    .addHelpText(
      "after",
      `
A check is PASSED, FAILED, or NOT_CHECKABLE: what cannot be checked has not failed.

Examples:
  $ pith-graph verify sample/pith-2302.12192.state.json
  $ pith-graph verify --keyring sample/keyring.json --json sample/arxiv-2022-12.ndjson.gz

JSON: {"source", "kind", "pithNumber", "stateSha256", "checks": {check: result}, "events": [{"eventId", "type", "signer",
"proof", "status", "reason"?}], "equivocations": [[event id, …]], "warnings": […]} a document; of one that is refused as a
whole {"source", "error": {"code", "message"}}.
Exit status: 0 where nothing failed; 1 where a document or an event is refused, an event is invalid, or a check failed.`,
    )
    .action(async (path: string, options: Options) => {
      process.exitCode = await runVerify(path, options);
    });
}

async function runVerify(path: string, options: Options): Promise<number> {
  const config = readConfig();
  const door: VerifyOptions = {
    keyring: await loadKeyring([config.keyringPath, options.keyring]),
    minimumProof: readMinimumProof(options.minimumProof),
    maximumBytes: config.maximumDocumentBytes,
  };
  let failures = 0;
  let documents = 0;
  for await (const delivered of deliveriesOf(path, door.maximumBytes)) {
    if (outputClosed.aborted) break;
    documents++;
    const report = verifyDocument(delivered, door);
    if (isFailure(report)) failures++;
    process.stdout.write(
      options.json === true ? `${jsonLine(report)}\n` : `${reportLines(report).join("\n")}\n`,
    );
  }
  if (documents === 0) throw new CommandError(`${path} holds no documents.`, exitStatus.misused);
  return failures > 0 ? exitStatus.foundWrong : exitStatus.done;
}

async function* deliveriesOf(path: string, maximumBytes: number): AsyncGenerator<Delivered> {
  for (const source of await findSources([path], say)) yield* readSource(source, maximumBytes, () => {});
}

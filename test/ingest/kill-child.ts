// Ingests a file of documents, one a line, and tells each committed batch on standard output. After so many
// documents it waits for a line on standard input, and the ingest with it.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { ingest } from "../../src/ingest/index.ts";
import { createKeyring, type KeyringEntry } from "../../src/protocol/index.ts";
import { openDatabase } from "../../src/store/index.ts";

export type KillChildOptions = {
  readonly connection: string | { host: string; port: number; user: string; database: string };
  readonly file: string;
  readonly keys: readonly KeyringEntry[];
  readonly batchDocuments: number;
  readonly stopAfter: number;
};

const [, , argument = ""] = process.argv;
const { connection, file, keys, batchDocuments, stopAfter } = JSON.parse(argument) as KillChildOptions;
const lines = readFileSync(file, "utf8").trimEnd().split("\n");
const database = openDatabase({ connection });

async function* deliver() {
  for (const [index, line] of lines.entries()) {
    if (index === stopAfter) await once(process.stdin, "data");
    yield { source: `line ${index + 1}`, bytes: Buffer.from(line) };
  }
}

await ingest(database, deliver(), {
  keyring: createKeyring(keys),
  minimumProof: "hash",
  maximumBytes: 50_000_000,
  batchDocuments,
  onBatch: ({ documents }) => process.stdout.write(`${documents}\n`),
});
await database.close();
process.stdin.destroy();

// Ingests a file of documents, one a line, and prints each committed batch to standard output. After `stopAfter`
// documents it waits for a line on standard input. From `firstLoadFrom` documents on it runs a first load, and prints each
// index before it is built. Its argument is KillChildOptions as JSON.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { ingest } from "../../dist/ingest/index.js";
import { createKeyring } from "../../dist/protocol/index.js";
import { openDatabase } from "../../dist/store/index.js";

const { url, file, keys, batchDocuments, stopAfter, firstLoadFrom } = JSON.parse(process.argv[2]);
const lines = readFileSync(file, "utf8").trimEnd().split("\n");
const database = openDatabase({ connection: url });

async function* deliver() {
  for (const [index, line] of lines.entries()) {
    if (index === stopAfter) await once(process.stdin, "data");
    yield { source: `line ${index + 1}`, bytes: Buffer.from(line) };
  }
}

const firstLoad = {
  minDocuments: firstLoadFrom,
  onBegin: () => {},
  onIndex: (index) => process.stdout.write(`${index}\n`),
};

await ingest(database, deliver(), {
  keyring: createKeyring(keys),
  minimumProof: "hash",
  maximumBytes: 50_000_000,
  batchDocuments,
  ...(firstLoadFrom === undefined ? {} : { firstLoad }),
  onBatch: ({ documents }) => process.stdout.write(`${documents}\n`),
});
await database.close();
process.stdin.destroy();

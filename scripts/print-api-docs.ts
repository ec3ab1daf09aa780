// Writes docs/api.md: its questions with the answers of a server with the sample. With --check exits with 1 if the file
// differs.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { acquireEmbeddedServer } from "../src/embedded-postgres/index.ts";
import { migrateDatabase, openDatabase } from "../src/store/index.ts";
import { renderApiDocs } from "./api-docs/render.ts";
import { fillWithSample, serveDatabase } from "./serve-database.ts";

const path = fileURLToPath(new URL("../docs/api.md", import.meta.url));
const folder = await mkdtemp(join(tmpdir(), "pith-graph-api-docs-"));
const postgres = await acquireEmbeddedServer({ dataDirectory: folder });
const database = openDatabase({ connection: postgres.connection });
try {
  await migrateDatabase(database);
  await fillWithSample(database);
  const server = await serveDatabase(database);
  const text = await renderApiDocs(`${server.origin}/graphql`).finally(server.close);
  if (!process.argv.includes("--check")) {
    await writeFile(path, text);
  } else if ((await readFile(path, "utf8").catch(() => "")) !== text) {
    console.error("docs/api.md differs from the API's answers. Run `npm run docs:api` and commit it.");
    process.exitCode = 1;
  }
} finally {
  await database.close();
  await postgres.release();
  await rm(folder, { recursive: true, force: true });
}

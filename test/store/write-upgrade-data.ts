/*
 * Writes the rows of a small installation of this version to test/data/upgrade: later versions must read them.
 * Run once for a release, and again while the baseline itself changes before the first one:
 *
 *   npx tsx test/store/write-upgrade-data.ts
 *
 * The file is named after the newest migration.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { to as copyTo } from "pg-copy-streams";
import { acquireEmbeddedServer } from "../../src/embedded-postgres/index.ts";
import { columnsOf } from "../../src/maintenance/backup.ts";
import { type Database, migrateDatabase, openDatabase } from "../../src/store/index.ts";
import { readMigrations } from "../../src/store/migrate.ts";
import { enqueue } from "../../src/submissions/index.ts";
import { ingestDocuments, sampleDocuments, sampleKeyring } from "../ingest/ingest-documents.ts";

/** Everything an installation stores: papers of every kind, a rejected document, a queued one, a followed mirror. */
async function fill(database: Database): Promise<void> {
  const [state = "", ...others] = sampleDocuments();
  const last = others.pop() ?? "";
  await ingestDocuments(database, [state, ...others.slice(0, 4), ...others.slice(46, 55), "{}"], {
    keyring: sampleKeyring,
  });
  await enqueue(database.pool, [
    {
      id: "00000000-0000-4000-8000-000000000001",
      token: "abcdef0123456789",
      minimumProof: "signed",
      bytes: Buffer.from(last),
    },
  ]);
  await database.pool.query(
    `INSERT INTO settings VALUES ('sample', 'loaded');
     INSERT INTO followed_mirrors (base_url, position, checksum, synced_at, trust)
     VALUES ('https://mirror.example/', 7, '\\x00', '2026-11-01T00:00:00Z', '\\x01');
     INSERT INTO outstanding_papers
     VALUES ('https://mirror.example/', 'pith:2023:AAAAAAAAAAAAAAAAAAAAAAAAAA', 'HTTP', '404', 'signed', 1, 1,
       '2026-11-01T00:00:00Z', '2026-11-02T00:00:00Z')`,
  );
}

/** All rows in pg_dump's format: `COPY … FROM stdin;`, lines, `\.`. */
async function rowsOf({ pool }: Database): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  const client = await pool.connect();
  const { rows } = await client.query<{ name: string }>(
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
  );
  for (const { name } of rows) {
    const columns = await columnsOf(client, name);
    pieces.push(Buffer.from(`COPY public."${name}" (${columns}) FROM stdin;\n`));
    for await (const piece of client.query(copyTo(`COPY public."${name}" (${columns}) TO STDOUT`))) {
      pieces.push(piece as Buffer);
    }
    pieces.push(Buffer.from("\\.\n"));
  }
  client.release();
  return Buffer.concat(pieces);
}

const folder = await mkdtemp(join(tmpdir(), "pith-graph-upgrade-"));
const server = await acquireEmbeddedServer({ dataDirectory: folder });
const database = openDatabase({ connection: server.connection });
try {
  await migrateDatabase(database);
  await fill(database);
  const file = `test/data/upgrade/${readMigrations().at(-1)?.tag}.sql.gz`;
  await writeFile(file, gzipSync(await rowsOf(database), { level: 9 }));
  console.log(file);
} finally {
  await database.close();
  await server.release();
  await rm(folder, { recursive: true, force: true });
}

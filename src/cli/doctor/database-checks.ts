import { access, constants, mkdtemp, rmdir, stat, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  acquireEmbeddedServer,
  chooseServerUser,
  findBinaries,
  inspectCluster,
} from "../../embedded-postgres/index.ts";
import { errorText } from "../../runtime/index.ts";
import {
  type Database,
  formatServerVersion,
  isUnsupportedVersion,
  minServerMajor,
  openDatabase,
  readRebuildDue,
  readSchemaState,
  schemaError,
} from "../../store/index.ts";
import { type Finding, ok, warning, wrong } from "./finding.ts";

/** Milliseconds; a server that takes longer to report its version is unusable. */
const patience = 10_000;

/** Checks the database of DATABASE_URL. The address may contain a password: it is not printed. */
export async function lookAtDatabase(url: string): Promise<Finding[]> {
  const database = openDatabase({
    connection: { connectionString: url, connectionTimeoutMillis: patience },
    statementMilliseconds: patience,
  });
  try {
    return await ask(database, database.place);
  } finally {
    await database.close();
  }
}

/** Checks the embedded server: joined if one runs, else started temporarily. Call only if there is a cluster. */
export async function lookAtEmbedded(dataDirectory: string): Promise<Finding[]> {
  let server: Awaited<ReturnType<typeof acquireEmbeddedServer>>;
  try {
    server = await acquireEmbeddedServer({ dataDirectory });
  } catch (error) {
    return [wrong("Database", "the embedded server does not start", errorText(error))];
  }
  const database = openDatabase({
    connection: server.connection,
    dataDirectory,
    statementMilliseconds: patience,
  });
  try {
    return await ask(
      database,
      server.started ? "embedded, started for this look" : "embedded, in use by another command",
    );
  } finally {
    await database.close();
    await server.release();
  }
}

/** The version that the tests run on, in the form of `server_version_num`. */
const triedServer = 180_000;

async function ask(database: Database, place: string): Promise<Finding[]> {
  let facts: {
    version: number;
    encoding: string;
    trigrams: "there" | "to be had" | "missing";
    readonly: string;
  };
  try {
    const { rows } = await database.pool.query(
      `SELECT current_setting('server_version_num')::int AS version, pg_encoding_to_char(encoding) AS encoding,
         CASE WHEN EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN 'there'
              WHEN EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm') THEN 'to be had'
              ELSE 'missing' END AS trigrams,
         current_setting('transaction_read_only') AS readonly
       FROM pg_database WHERE datname = current_database()`,
    );
    facts = rows[0] as typeof facts;
  } catch (error) {
    return [
      wrong(
        "Database",
        `${place}: ${errorText(error)}`,
        "Start it, or correct DATABASE_URL: address, user, password, name.",
      ),
    ];
  }
  const findings: Finding[] = [versionFinding(facts.version, place)];
  if (facts.encoding !== "UTF8") {
    findings.push(
      wrong(
        "Encoding",
        facts.encoding,
        "Make the database anew: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0.",
      ),
    );
  }
  if (facts.readonly === "on") {
    findings.push(
      warning(
        "Writing",
        "this server or user may only read",
        "Take documents in at the primary, by a user who may write.",
      ),
    );
  }
  const schema = await tablesFinding(database);
  findings.push(schema.finding);
  // The first migration creates the extension if it is available.
  if (facts.trigrams === "missing" || (facts.trigrams === "to be had" && schema.hasTables)) {
    findings.push(
      warning(
        "Search",
        "the extension pg_trgm is missing",
        `Names that are only similar are not found. ${trigramAdvice}`,
      ),
    );
  }
  return findings;
}

const trigramAdvice =
  "Install PostgreSQL's contrib modules, run CREATE EXTENSION pg_trgm as a superuser, and load the data into a new database: `pith-graph backup`, `pith-graph restore`.";

function versionFinding(version: number, place: string): Finding {
  const text = `PostgreSQL ${formatServerVersion(version)}, ${place}`;
  if (isUnsupportedVersion(version)) {
    return wrong(
      "Database",
      text,
      `Use PostgreSQL ${minServerMajor} or newer, or the embedded server, without DATABASE_URL.`,
    );
  }
  if (version < triedServer) {
    return warning("Database", text, "It should work; the tests run on PostgreSQL 18.");
  }
  return ok("Database", text);
}

async function tablesFinding(database: Database): Promise<{ finding: Finding; hasTables: boolean }> {
  const advice = "Whatever writes brings them up to date: `pith-graph start`, `pith-graph ingest`.";
  try {
    const schema = await readSchemaState(database.pool);
    const { state, applied, pending } = schema;
    const error = schemaError(schema, database.place);
    if (error !== null) {
      return { finding: wrong("Tables", `${state}: of another version`, error.message), hasTables: true };
    }
    const count = `${applied} of ${applied + pending.length} migrations`;
    if (state === "current") return { finding: await rebuildFinding(database, count), hasTables: true };
    const text = applied === 0 ? "none yet" : `of an older version, ${count}`;
    return { finding: warning("Tables", text, advice), hasTables: applied > 0 };
  } catch (error) {
    const advice = "Give this user the right to read the schemas public and drizzle.";
    return { finding: wrong("Tables", errorText(error), advice), hasTables: true };
  }
}

async function rebuildFinding({ pool }: Database, count: string): Promise<Finding> {
  const reason = await readRebuildDue(pool);
  return reason === null
    ? ok("Tables", `up to date, ${count}`)
    : warning("Tables", `${count}, rows of an older version. ${reason}`, "Run `pith-graph rebuild`.");
}

/** Bytes; with less free space, PostgreSQL may stop in the middle of an ingest. */
const littleRoom = 2 ** 30;

type DataFolder = {
  readonly findings: readonly Finding[];
  /** Whether a server can be started or joined there. */
  readonly hasCluster: boolean;
};

/** Checks the embedded server's data: its binaries, the folder's permissions and owner, the free space. */
export async function lookAtData(dataDirectory: string): Promise<DataFolder> {
  const findings: Finding[] = [];
  let major: string | undefined;
  try {
    const installed = await findBinaries();
    major = installed.major;
    findings.push(ok("PostgreSQL", `embedded, ${installed.version}`));
  } catch (error) {
    findings.push(wrong("PostgreSQL", "no embedded server can run here", errorText(error)));
  }
  const existing = await nearestExisting(dataDirectory);
  const rights = await rightsFinding(dataDirectory, existing);
  findings.push(rights, await roomFinding(existing));
  if (major === undefined || rights.result === "wrong") return { findings, hasCluster: false };
  try {
    const hasCluster = await inspectCluster(join(dataDirectory, "cluster"), await chooseServerUser(), major);
    return { findings, hasCluster };
  } catch (error) {
    return { findings: [...findings, wrong("Data", "cannot be used", errorText(error))], hasCluster: false };
  }
}

/** The folder itself, or its nearest existing ancestor. */
async function nearestExisting(folder: string): Promise<string> {
  for (let path = folder; ; path = dirname(path)) {
    const isThere = await stat(path).then(
      () => true,
      () => false,
    );
    if (isThere || dirname(path) === path) return path;
  }
}

async function rightsFinding(folder: string, existing: string): Promise<Finding> {
  const isNew = existing !== folder;
  const advice = "Give this user the right to write there, or set PITH_GRAPH_DATA to another folder.";
  try {
    if (!(await stat(existing)).isDirectory())
      return wrong("Data folder", `${existing} is no folder`, advice);
    await access(existing, constants.R_OK | constants.W_OK | constants.X_OK);
    // access() grants root everything, even on a read-only file system.
    await rmdir(await mkdtemp(join(existing, ".pith-graph-doctor-")));
  } catch (error) {
    return wrong("Data folder", `${folder}: ${errorText(error)}`, advice);
  }
  return ok("Data folder", isNew ? `${folder} (the first start makes it)` : folder);
}

async function roomFinding(folder: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(folder);
  const bytes = bavail * bsize;
  const text = `${(bytes / 2 ** 30).toFixed(1)} GiB free`;
  if (bytes >= littleRoom) return ok("Disk", text);
  return warning("Disk", text, "Make room, or set PITH_GRAPH_DATA to a folder on another disk.");
}

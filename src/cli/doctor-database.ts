import { access, constants, mkdtemp, rmdir, stat, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  acquireEmbeddedServer,
  chooseServerUser,
  findBinaries,
  inspectCluster,
} from "../embedded-postgres/index.ts";
import { errorText } from "../runtime/index.ts";
import {
  type Database,
  formatServerVersion,
  isUnsupportedVersion,
  minServerMajor,
  openDatabase,
  readRebuildDue,
  readSchemaState,
  schemaError,
} from "../store/index.ts";
import { type Finding, ok, warning, wrong } from "./doctor-installation.ts";
import { unfinishedLoad } from "./first-load.ts";

/** Milliseconds; a server that takes longer to report its version is unusable. */
const timeoutMilliseconds = 10_000;

/** Checks the database of DATABASE_URL. The address may contain a password: it is not printed. */
export async function checkDatabase(url: string): Promise<Finding[]> {
  const database = openDatabase({
    connection: { connectionString: url, connectionTimeoutMillis: timeoutMilliseconds },
    statementMilliseconds: timeoutMilliseconds,
  });
  try {
    return await databaseFindings(database, database.place);
  } finally {
    await database.close();
  }
}

/** Checks the embedded server: joined if one runs, else started temporarily. Call only if there is a cluster. */
export async function checkEmbeddedServer(dataDirectory: string): Promise<Finding[]> {
  let server: Awaited<ReturnType<typeof acquireEmbeddedServer>>;
  try {
    server = await acquireEmbeddedServer({ dataDirectory });
  } catch (error) {
    return [wrong("Database", "the embedded server does not start", errorText(error))];
  }
  const database = openDatabase({
    connection: server.connection,
    dataDirectory,
    statementMilliseconds: timeoutMilliseconds,
  });
  try {
    return await databaseFindings(
      database,
      server.started ? "embedded, started for this check" : "embedded, in use by another command",
    );
  } finally {
    await database.close();
    await server.release();
  }
}

/** The version that the tests run on, in the form of `server_version_num`. */
const testedVersion = 180_000;

async function databaseFindings(database: Database, place: string): Promise<Finding[]> {
  let facts: {
    version: number;
    encoding: string;
    trigrams: "installed" | "available" | "missing";
    readonly: string;
  };
  try {
    const { rows } = await database.pool.query(
      `SELECT current_setting('server_version_num')::int AS version, pg_encoding_to_char(encoding) AS encoding,
         CASE WHEN EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN 'installed'
              WHEN EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm') THEN 'available'
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
        "Start PostgreSQL, or correct the host, user, password or name in DATABASE_URL.",
      ),
    ];
  }
  const findings: Finding[] = [versionFinding(facts.version, place)];
  if (facts.encoding !== "UTF8") {
    findings.push(
      wrong(
        "Encoding",
        facts.encoding,
        "Create a new database: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0.",
      ),
    );
  }
  if (facts.readonly === "on") {
    findings.push(
      warning(
        "Writing",
        "read-only server or user",
        "To import documents, connect to the primary as a user with write access.",
      ),
    );
  }
  const schema = await schemaFinding(database);
  findings.push(schema.finding);
  // The first migration creates the extension if it is available.
  if (facts.trigrams === "missing" || (facts.trigrams === "available" && schema.hasTables)) {
    findings.push(
      warning("Search", "the extension pg_trgm is missing", `Fuzzy search is off. ${trigramAdvice}`),
    );
  }
  return findings;
}

const trigramAdvice =
  "Install PostgreSQL's contrib modules, run CREATE EXTENSION pg_trgm as a superuser, then move the data to a new database with `pith-graph backup` and `pith-graph restore`.";

function versionFinding(version: number, place: string): Finding {
  const text = `PostgreSQL ${formatServerVersion(version)}, ${place}`;
  if (isUnsupportedVersion(version)) {
    return wrong(
      "Database",
      text,
      `PostgreSQL ${minServerMajor} or newer is required. Upgrade it, or unset DATABASE_URL to use the embedded server.`,
    );
  }
  if (version < testedVersion) {
    return warning("Database", text, `PostgreSQL ${minServerMajor} or newer is required (tested on 18).`);
  }
  return ok("Database", text);
}

async function schemaFinding(database: Database): Promise<{ finding: Finding; hasTables: boolean }> {
  const advice = "Run `pith-graph migrate`; commands that write also do it.";
  try {
    const schema = await readSchemaState(database.pool);
    const { state, applied, pending } = schema;
    const error = schemaError(schema, database.place);
    if (error !== null) {
      return { finding: wrong("Schema", `${state}: of another version`, error.message), hasTables: true };
    }
    const count = `${applied} of ${applied + pending.length} migrations`;
    if (state === "current") return { finding: await tablesFinding(database, count), hasTables: true };
    const text = applied === 0 ? "none yet" : `outdated, ${count}`;
    return {
      finding: warning("Schema", text, applied === 0 ? "Created on first start." : advice),
      hasTables: applied > 0,
    };
  } catch (error) {
    const advice = "Grant this user read access to the schemas public and drizzle.";
    return { finding: wrong("Schema", errorText(error), advice), hasTables: true };
  }
}

async function tablesFinding(database: Database, count: string): Promise<Finding> {
  const reason = await readRebuildDue(database.pool);
  if (reason !== null) return warning("Schema", `${count}. ${reason}`, "Run `pith-graph rebuild`.");
  const unfinished = await unfinishedLoad(database);
  if (unfinished === null) return ok("Schema", `up to date, ${count}`);
  return warning("Schema", `${count}. ${unfinished}`, "If none is running, `pith-graph start` builds them.");
}

/** Bytes; with less free space, PostgreSQL may stop in the middle of an ingest. */
const minFreeBytes = 2 ** 30;

type DataFolder = {
  readonly findings: readonly Finding[];
  /** Whether a server can be started or joined there. */
  readonly hasCluster: boolean;
};

/** Checks the embedded server's data: its binaries, the folder's permissions and owner, the free space. */
export async function checkDataFolder(dataDirectory: string): Promise<DataFolder> {
  const findings: Finding[] = [];
  let major: string | undefined;
  try {
    const installed = await findBinaries();
    major = installed.major;
    findings.push(ok("PostgreSQL", `embedded, ${installed.version}`));
  } catch (error) {
    findings.push(wrong("PostgreSQL", "the embedded server cannot run", errorText(error)));
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
  const advice = "Make it writable for this user, or set PITH_GRAPH_DATA to another folder.";
  try {
    if (!(await stat(existing)).isDirectory())
      return wrong("Data folder", `${existing} is not a folder`, advice);
    await access(existing, constants.R_OK | constants.W_OK | constants.X_OK);
    // access() grants root everything, even on a read-only file system.
    await rmdir(await mkdtemp(join(existing, ".pith-graph-doctor-")));
  } catch (error) {
    return wrong("Data folder", `${folder}: ${errorText(error)}`, advice);
  }
  return ok("Data folder", isNew ? `${folder} (created on first start)` : folder);
}

async function roomFinding(folder: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(folder);
  const bytes = bavail * bsize;
  const text = `${(bytes / 2 ** 30).toFixed(1)} GiB free`;
  if (bytes >= minFreeBytes) return ok("Disk", text);
  return warning("Disk", text, "Free some space, or set PITH_GRAPH_DATA to a folder on another disk.");
}

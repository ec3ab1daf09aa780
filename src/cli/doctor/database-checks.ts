import { acquireEmbeddedServer } from "../../store/embedded/index.ts";
import { type Database, openDatabase } from "../../store/index.ts";
import { readRebuildDue } from "../../store/rebuild-due.ts";
import { readSchemaState } from "../../store/schema-state.ts";
import { type Finding, messageOf, ok, warning, wrong } from "./finding.ts";

/** Milliseconds; a server that takes longer to say its version answers nothing else. */
const patience = 10_000;

/** The database of DATABASE_URL. The address may hold a password: it is not repeated. */
export async function lookAtDatabase(url: string): Promise<Finding[]> {
  const database = openDatabase({
    connection: { connectionString: url, connectionTimeoutMillis: patience },
    statementMilliseconds: patience,
  });
  const place = placeOf(url);
  try {
    return await ask(database, place);
  } finally {
    await database.close();
  }
}

/** Who asks where; an address that only PostgreSQL reads, like that of a socket, is not taken apart. */
function placeOf(url: string): string {
  if (!URL.canParse(url)) return "the server of DATABASE_URL";
  const { username, host, pathname } = new URL(url);
  return `${username || "?"} at ${host}${pathname}`;
}

/** The embedded server's: joined where one runs, else started for the moment. Call where there is a cluster. */
export async function lookAtEmbedded(dataDirectory: string): Promise<Finding[]> {
  let server: Awaited<ReturnType<typeof acquireEmbeddedServer>>;
  try {
    server = await acquireEmbeddedServer({ dataDirectory });
  } catch (error) {
    return [wrong("Database", "the embedded server does not start", messageOf(error))];
  }
  const database = openDatabase({ connection: server.connection, statementMilliseconds: patience });
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

/** What this is tried with. PostgreSQL's versions count as 180004: 18.4. */
const triedServer = 180_000;

async function ask(database: Database, place: string): Promise<Finding[]> {
  let facts: { version: number; encoding: string; trigrams: boolean; readonly: string };
  try {
    const { rows } = await database.pool.query(
      `SELECT current_setting('server_version_num')::int AS version, pg_encoding_to_char(encoding) AS encoding,
         EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') AS trigrams,
         current_setting('transaction_read_only') AS readonly
       FROM pg_database WHERE datname = current_database()`,
    );
    facts = rows[0] as typeof facts;
  } catch (error) {
    return [
      wrong(
        "Database",
        `${place}: ${messageOf(error)}`,
        "Start it, or correct DATABASE_URL: address, user, password, name.",
      ),
    ];
  }
  const version = `${Math.floor(facts.version / 10_000)}.${facts.version % 10_000}`;
  const findings: Finding[] = [
    facts.version < triedServer
      ? warning(
          "Database",
          `PostgreSQL ${version}, ${place}`,
          "Only PostgreSQL 18 was tried. Use that, or watch what happens.",
        )
      : ok("Database", `PostgreSQL ${version}, ${place}`),
  ];
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
  findings.push(await schemaFinding(database));
  if (!facts.trigrams) {
    findings.push(
      warning(
        "Search",
        "pg_trgm is not there",
        "Names that are only alike are not found. As a superuser: CREATE EXTENSION pg_trgm; then make the tables anew.",
      ),
    );
  }
  return findings;
}

async function rebuildFinding({ pool }: Database, count: string): Promise<Finding> {
  const reason = await readRebuildDue(pool);
  return reason === null
    ? ok("Tables", `up to date, ${count}`)
    : warning("Tables", `${count}, rows of an older version. ${reason}`, "Run `pith-graph rebuild`.");
}

async function schemaFinding(database: Database): Promise<Finding> {
  const advice = "Whatever writes brings them up to date: `pith-graph start`, `pith-graph ingest`.";
  try {
    const { state, applied, known } = await readSchemaState(database);
    const count = `${applied} of ${known} migrations`;
    switch (state) {
      case "current":
        return rebuildFinding(database, count);
      case "absent":
        return warning("Tables", "none yet", advice);
      case "older":
        return warning("Tables", `of an older version, ${count}`, advice);
      case "newer":
        return wrong(
          "Tables",
          "of a newer version of pith-graph",
          "Use that version: this one may spoil them.",
        );
    }
  } catch (error) {
    return wrong(
      "Tables",
      messageOf(error),
      "Give this user the right to read the schemas public and drizzle.",
    );
  }
}

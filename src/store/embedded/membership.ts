import { Client } from "pg";
import { errorText } from "../../runtime/error-text.ts";
import { SUPERUSER } from "./cluster.ts";
import { EmbeddedServerError, errorCode } from "./errors.ts";
import { PORT } from "./socket-path.ts";

/** The database that the application's tables live in. */
export const DATABASE = "pith_graph";

/** A session that keeps the server running. */
export type Membership = {
  /** Resolves when the session ends, for whatever reason. */
  ended: Promise<void>;
  /** Ends the session; calls `stop` first if no other member is left. New members wait until `stop` is done. */
  leave(stop: () => Promise<void>): Promise<void>;
};

/** Advisory lock: shared by the members, exclusive for the one that stops the server. "pith" in ASCII. */
const MEMBER_LOCK = "1885959272, 1";

/** No server is there; or one is that does not let anybody in now, because it starts or stops. */
export type NotJoined = "absent" | "busy";

/** The server went away under us, by its own shutdown or a crash. */
const CUT_OFF = new Set(["ECONNRESET", "EPIPE", "57P01", "57P02", "57P03"]);

/**
 * Becomes a member of the server in this folder, if one runs.
 *
 * Membership is a lock inside PostgreSQL, so it ends with the session, and the session ends with the process,
 * however that dies. Taken in the database `postgres`: the application's own locks live in another.
 */
export async function tryJoin(host: string): Promise<Membership | NotJoined> {
  const client = new Client({
    host,
    port: PORT,
    user: SUPERUSER,
    database: "postgres",
    ssl: false,
    application_name: "pith-graph member",
    // A halted server must not halt us. One that starts, stops or recovers answers at once that it does.
    connectionTimeoutMillis: 60_000,
  });
  // The end of the session is told by "end"; an error without a listener would end the process.
  client.on("error", () => {});
  const ended = new Promise<void>((resolve) => client.once("end", () => resolve()));
  try {
    await client.connect();
    // Waits while someone stops the server, and is then cut off with it.
    await client.query(`SELECT pg_advisory_lock_shared(${MEMBER_LOCK})`);
    await makeDatabase(client);
    return { ended, leave: (stop) => leave(client, stop) };
  } catch (error) {
    await client.end().catch(() => {});
    return judge(error, host);
  }
}

function judge(error: unknown, host: string): NotJoined {
  const code = errorCode(error);
  if (code === "ENOENT" || code === "ECONNREFUSED") return "absent";
  // EAGAIN: more clients connect at this moment than the socket queues. No code: pg's own "Connection terminated".
  if (code === undefined || code === "EAGAIN" || CUT_OFF.has(code)) return "busy";
  if (code === "EACCES" || code === "EPERM") {
    throw new EmbeddedServerError(
      "other-owner",
      `We may not use the server in ${host}: it is another user's.`,
      {
        cause: error,
      },
    );
  }
  throw new EmbeddedServerError(
    "start-failed",
    `The server in ${host} lets no member in: ${errorText(error)}. Its log, server.log, lies beside that folder; or set DATABASE_URL to a PostgreSQL server.`,
    { cause: error },
  );
}

/** By each member: the one that started the server may have been killed before it came to this. */
async function makeDatabase(client: Client): Promise<void> {
  const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = $1", [DATABASE]);
  if (rowCount !== 0) return;
  await client.query(`CREATE DATABASE ${DATABASE}`).catch((error: unknown) => {
    // Another member made it meanwhile: seen before (42P04) or at the moment of inserting (23505).
    if (errorCode(error) !== "42P04" && errorCode(error) !== "23505") throw error;
  });
}

async function leave(client: Client, stop: () => Promise<void>): Promise<void> {
  try {
    await client.query(`SELECT pg_advisory_unlock_shared(${MEMBER_LOCK})`);
    // Of those leaving at once, each has let go before it tries: the last to let go finds nobody, unless another
    // already stops the server.
    const { rows } = await client.query(`SELECT pg_try_advisory_lock(${MEMBER_LOCK}) AS alone`);
    // With the session still open, so that postmaster.pid names the server we talk to and no other.
    if ((rows[0] as { alone: boolean }).alone) await stop();
  } catch (error) {
    if (errorCode(error) !== undefined && !CUT_OFF.has(errorCode(error) ?? "")) throw error;
    // Somebody stopped the server before us.
  } finally {
    await client.end().catch(() => {});
  }
}

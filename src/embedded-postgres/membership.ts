import { Client } from "pg";
import { errorText } from "../runtime/index.ts";
import { SUPERUSER } from "./cluster.ts";
import { PORT } from "./data-folder.ts";
import { EmbeddedServerError, errorCode } from "./errors.ts";

/** The database with the application's tables. */
export const DATABASE = "pith_graph";

/** A session that keeps the server running. */
export type Membership = {
  /** Resolves when the session ends, for whatever reason. */
  ended: Promise<void>;
  /** Ends the session; first calls `stop` if no other member is left. New members wait until `stop` is done. */
  leave(stop: () => Promise<void>): Promise<void>;
};

/** Advisory lock: shared by members, exclusive for the one that stops the server. "pith" in ASCII. */
const MEMBER_LOCK = "1885959272, 1";

/** There is no server, or it accepts no connections now because it is starting or stopping. */
export type NotJoined = "absent" | "busy";

/** The server has gone during the session, by its own shutdown or a crash. */
const SERVER_GONE = new Set(["ECONNRESET", "EPIPE", "57P01", "57P02", "57P03"]);

/**
 * Becomes a member of the server in this folder, if one is running.
 *
 * Membership is a lock inside PostgreSQL, so it ends with the session, and the session ends with the process, however
 * that dies. The lock is taken in the database `postgres`: the application's own locks are in another.
 */
export async function tryJoin(host: string): Promise<Membership | NotJoined> {
  const client = new Client({
    host,
    port: PORT,
    user: SUPERUSER,
    database: "postgres",
    ssl: false,
    application_name: "pith-graph member",
    // A frozen server must not block us. One that starts, stops or recovers says so at once.
    connectionTimeoutMillis: 60_000,
  });
  // "end" reports the end of the session; an error without a listener would end the process.
  client.on("error", () => {});
  const ended = new Promise<void>((resolve) => client.once("end", () => resolve()));
  try {
    await client.connect();
    // Waits while another member stops the server, and is then disconnected with it.
    await client.query(`SELECT pg_advisory_lock_shared(${MEMBER_LOCK})`);
    await ensureDatabase(client);
    return { ended, leave: (stop) => leave(client, stop) };
  } catch (error) {
    await client.end().catch(() => {});
    return classifyConnectError(error, host);
  }
}

function classifyConnectError(error: unknown, host: string): NotJoined {
  const code = errorCode(error);
  if (code === "ENOENT" || code === "ECONNREFUSED") return "absent";
  // EAGAIN: more clients are connecting than the socket queues. No code: pg's own "Connection terminated".
  if (code === undefined || code === "EAGAIN" || SERVER_GONE.has(code)) return "busy";
  if (code === "EACCES" || code === "EPERM") {
    throw new EmbeddedServerError(
      "other-owner",
      `The embedded server in ${host} belongs to another user. Run as that user, or set PITH_GRAPH_DATA to another folder.`,
      {
        cause: error,
      },
    );
  }
  throw new EmbeddedServerError(
    "start-failed",
    `Can't connect to the embedded server in ${host}: ${errorText(error)}. See server.log beside that folder, or set DATABASE_URL to a PostgreSQL server.`,
    { cause: error },
  );
}

/** Run by each member: the one that started the server may have been killed before this step. */
async function ensureDatabase(client: Client): Promise<void> {
  const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = $1", [DATABASE]);
  if (rowCount !== 0) return;
  await client.query(`CREATE DATABASE ${DATABASE}`).catch((error: unknown) => {
    // Another member created it concurrently: seen before (42P04), or at the insert (23505).
    if (errorCode(error) !== "42P04" && errorCode(error) !== "23505") throw error;
  });
}

async function leave(client: Client, stop: () => Promise<void>): Promise<void> {
  try {
    await client.query(`SELECT pg_advisory_unlock_shared(${MEMBER_LOCK})`);
    // Each leaving member has released its lock before it tries: the last one finds no other member, unless another is
    // already stopping the server.
    const { rows } = await client.query(`SELECT pg_try_advisory_lock(${MEMBER_LOCK}) AS alone`);
    // The session is still open, so that postmaster.pid certainly names the server it belongs to.
    if ((rows[0] as { alone: boolean }).alone) await stop();
  } catch (error) {
    if (errorCode(error) !== undefined && !SERVER_GONE.has(errorCode(error) ?? "")) throw error;
    // Another member stopped the server first.
  } finally {
    await client.end().catch(() => {});
  }
}

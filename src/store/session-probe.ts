import pg from "pg";

/** The state of the client's side of a silent connection. */
type OwnSide = {
  /** Bytes are still waiting to be sent. */
  readonly isSending: boolean;
  /** The client is reading from its socket. */
  readonly isReading: boolean;
};

type Session = {
  readonly state: string | null;
  readonly wait_type: string | null;
  readonly wait: string | null;
};

/** A session, as its client knows it. */
type OwnSession = {
  readonly processId: number | null;
  /** How long the connection has been open, in milliseconds: a younger session with this process id is another one. */
  readonly age: number;
};

/** Whether the server works on the session's statement, or did not answer in time. */
export type Probed = "at work" | "idle" | "no answer";

/**
 * Queries over a separate connection whether the server works on a statement of another session. `idle`: that session
 * is gone, has already answered, or waits for a client that waits for it; then it is terminated, with its transaction
 * and its locks. Connecting and querying may take `milliseconds` each.
 */
export async function probeSession(
  config: pg.ClientConfig,
  { processId, age }: OwnSession,
  own: OwnSide,
  milliseconds: number,
): Promise<Probed> {
  const client = new pg.Client({
    ...config,
    application_name: "pith-graph probe",
    connectionTimeoutMillis: milliseconds,
    query_timeout: milliseconds,
  });
  client.on("error", () => {});
  try {
    await client.connect();
    const { rows } = await client.query<Session>(
      `SELECT state, wait_event_type AS wait_type, wait_event AS wait FROM pg_stat_activity
       WHERE pid = $1 AND clock_timestamp() - backend_start >= $2 * interval '1 ms'`,
      [processId, age],
    );
    const [session] = rows;
    if (session === undefined) return "idle";
    if (isAtWork(session, own)) return "at work";
    await client.query("SELECT pg_terminate_backend($1)", [processId]);
    return "idle";
  } catch (error) {
    // A server that refuses for lack of connections is reachable, and may be at work.
    return error instanceof pg.DatabaseError ? "at work" : "no answer";
  } finally {
    // `end` would wait for a running query.
    (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  }
}

/** Whether the session does something, although its client has received nothing. */
export function isAtWork({ state, wait_type, wait }: Session, { isSending, isReading }: OwnSide): boolean {
  // Another role's session, or not tracked: assume that it works.
  if (state === null || state === "disabled") return true;
  if (state !== "active" && state !== "fastpath function call") return false;
  if (wait_type !== "Client") return true;
  return wait === "ClientRead" ? isSending : wait === "ClientWrite" ? !isReading : true;
}

import pg from "pg";

/** What the client's side of a silent connection does. */
type OwnSide = {
  /** Bytes that it was given are not sent yet. */
  readonly isSending: boolean;
  /** It would take what comes. */
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
  /** How long its connection has been open, in milliseconds: a younger session of this process id is another one. */
  readonly age: number;
};

/** Of a session: the server works on its statement; it does not; or it did not say so in time. */
export type Probed = "at work" | "idle" | "no answer";

/**
 * Asks the server, by a connection of its own, whether it works on a statement of another session. `idle`: that session is
 * gone, has answered already, or waits for a client that waits for it; then it is ended, and with it its transaction and
 * its locks. Connecting and asking may take `milliseconds` each.
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
    // A server that refuses, for it has no connection left, is there, and may be at work.
    return error instanceof pg.DatabaseError ? "at work" : "no answer";
  } finally {
    // A query that is under way would be waited for.
    (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  }
}

/** Whether the session does something, seen from a client that has heard nothing of it. */
export function isAtWork({ state, wait_type, wait }: Session, { isSending, isReading }: OwnSide): boolean {
  // Another role's, or not tracked: nothing speaks against it.
  if (state === null || state === "disabled") return true;
  if (state !== "active" && state !== "fastpath function call") return false;
  if (wait_type !== "Client") return true;
  return wait === "ClientRead" ? isSending : wait === "ClientWrite" ? !isReading : true;
}

import type { Socket } from "node:net";
import pg from "pg";

export type Guard = {
  /** Time limit for opening a connection, and for the answer to a probe of the server; in milliseconds. */
  readonly connectMilliseconds: number;
  /** Milliseconds that a statement may be silent before a probe checks whether the server still runs it. */
  readonly silenceMilliseconds: number;
};

export const defaultGuard: Guard = { connectMilliseconds: 10_000, silenceMilliseconds: 30_000 };

/** Milliseconds of silence after which the kernel probes an idle connection. */
const keepAliveMilliseconds = 10_000;
/** Number of consecutive probes without an answer: a machine that is merely busy may miss one. */
const maxUnansweredProbes = 2;
/** Time limit for closing a connection in order, in milliseconds. */
const endMilliseconds = 5_000;

/** A statement got no answer, and the server does not work on it or cannot be reached. */
class SilentConnectionError extends Error {
  override readonly name = "SilentConnectionError";
  readonly code = "ETIMEDOUT";

  constructor(milliseconds: number) {
    super(
      `the connection to the database has been silent for ${Math.round(milliseconds / 1_000)} s and is given up`,
    );
  }
}

/**
 * Makes a class of clients that never wait for a dead connection for ever.
 *
 * No fixed time limit fits every statement: a rebuild may rightly take an hour. So progress is checked instead. After
 * some silence, another connection asks the server whether the session is still at work. If it is not, or the server
 * does not answer, the connection is closed and its statements reject with `SilentConnectionError`. The worst case is
 * the silence, its check, and two probes.
 */
export function guardedClients(guard: Guard = defaultGuard): typeof pg.Client {
  return class GuardedClient extends pg.Client {
    constructor(given?: string | pg.ClientConfig) {
      const config = typeof given === "string" ? { connectionString: given } : { ...given };
      // A pool makes it non-enumerable, so a copy lacks it.
      if (typeof given === "object" && given.password !== undefined) config.password = given.password;
      const connectionTimeoutMillis = config.connectionTimeoutMillis || guard.connectMilliseconds;
      super({
        ...config,
        connectionTimeoutMillis,
        keepAlive: true,
        keepAliveInitialDelayMillis: keepAliveMilliseconds,
      });
      watchSilence(this, config, guard);
      boundEnd(this);
    }
  };
}

/** Properties of node-postgres that its types lack. */
type OpenClient = pg.Client & {
  readonly connection: { readonly stream: Socket };
  readonly processID: number | null;
};

function watchSilence(
  client: pg.Client,
  config: pg.ClientConfig,
  { silenceMilliseconds, connectMilliseconds }: Guard,
): void {
  const { connection } = client as OpenClient;
  /** When the first running statement was sent, or the last bytes arrived; null while no statement is running. */
  let lastActivityAt: number | null = null;
  let received = 0;
  let openedAt = 0;
  client.once("connect", () => {
    openedAt = performance.now();
  });
  let isProbing = false;
  let unanswered = 0;
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  client.query = ((...args: unknown[]) => {
    lastActivityAt ??= performance.now();
    return query(...args);
  }) as typeof client.query;
  client.on("drain", () => {
    lastActivityAt = null;
  });
  const check = async () => {
    const { stream } = connection;
    if (lastActivityAt === null || isProbing) return;
    if (stream.bytesRead !== received) {
      received = stream.bytesRead;
      lastActivityAt = performance.now();
    }
    const since = lastActivityAt;
    if (performance.now() - since < silenceMilliseconds) return;
    isProbing = true;
    const session = { processId: (client as OpenClient).processID, age: performance.now() - openedAt };
    const own = { isSending: stream.writableLength > 0, isReading: !stream.isPaused() };
    const result = await probeSession(config, session, own, connectMilliseconds);
    isProbing = false;
    if (lastActivityAt !== since || stream.bytesRead !== received) return;
    unanswered = result === "unreachable" ? unanswered + 1 : 0;
    if (result === "active") lastActivityAt = performance.now();
    else if (result === "idle" || unanswered >= maxUnansweredProbes) {
      stream.destroy(new SilentConnectionError(performance.now() - since));
    }
  };
  const timer = setInterval(() => void check(), Math.min(5_000, silenceMilliseconds / 4));
  timer.unref();
  client.once("end", () => clearInterval(timer));
}

/** An orderly end waits for the other side, which may be gone. */
function boundEnd(client: pg.Client): void {
  const { connection } = client as OpenClient;
  const end = client.end.bind(client) as (...args: unknown[]) => unknown;
  client.end = ((...args: unknown[]) => {
    const timer = setTimeout(() => connection.stream.destroy(), endMilliseconds).unref();
    client.once("end", () => clearTimeout(timer));
    return end(...args);
  }) as typeof client.end;
}

/** The state of the client's side of a silent connection. */
type ClientState = {
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
type ClientSession = {
  readonly processId: number | null;
  /** How long the connection has been open, in milliseconds: a younger session with this process id is another one. */
  readonly age: number;
};

/** Whether the server works on the session's statement, or did not answer in time. */
type ProbeResult = "active" | "idle" | "unreachable";

/**
 * Queries over a separate connection whether the server works on a statement of another session. `idle`: that session
 * is gone, has already answered, or waits for a client that waits for it; then it is terminated, with its transaction
 * and its locks. Connecting and querying may take `milliseconds` each.
 */
async function probeSession(
  config: pg.ClientConfig,
  { processId, age }: ClientSession,
  own: ClientState,
  milliseconds: number,
): Promise<ProbeResult> {
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
    if (isActive(session, own)) return "active";
    await client.query("SELECT pg_terminate_backend($1)", [processId]);
    return "idle";
  } catch (error) {
    // A server that refuses for lack of connections is reachable, and may be at work.
    return error instanceof pg.DatabaseError ? "active" : "unreachable";
  } finally {
    // `end` would wait for a running query.
    (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  }
}

/** Whether the session does something, although its client has received nothing. */
export function isActive(
  { state, wait_type, wait }: Session,
  { isSending, isReading }: ClientState,
): boolean {
  // Another role's session, or not tracked: assume that it works.
  if (state === null || state === "disabled") return true;
  if (state !== "active" && state !== "fastpath function call") return false;
  if (wait_type !== "Client") return true;
  return wait === "ClientRead" ? isSending : wait === "ClientWrite" ? !isReading : true;
}

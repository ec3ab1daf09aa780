import type { Socket } from "node:net";
import pg from "pg";
import { probeSession } from "./session-probe.ts";

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
const mostUnanswered = 2;
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
type Opened = pg.Client & {
  readonly connection: { readonly stream: Socket };
  readonly processID: number | null;
};

function watchSilence(
  client: pg.Client,
  config: pg.ClientConfig,
  { silenceMilliseconds, connectMilliseconds }: Guard,
): void {
  const { connection } = client as Opened;
  /** When the first running statement was sent, or the last bytes arrived; null while no statement is running. */
  let heardAt: number | null = null;
  let received = 0;
  let openedAt = 0;
  client.once("connect", () => {
    openedAt = performance.now();
  });
  let isAsking = false;
  let unanswered = 0;
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  client.query = ((...args: unknown[]) => {
    heardAt ??= performance.now();
    return query(...args);
  }) as typeof client.query;
  client.on("drain", () => {
    heardAt = null;
  });
  const look = async () => {
    const { stream } = connection;
    if (heardAt === null || isAsking) return;
    if (stream.bytesRead !== received) {
      received = stream.bytesRead;
      heardAt = performance.now();
    }
    const since = heardAt;
    if (performance.now() - since < silenceMilliseconds) return;
    isAsking = true;
    const session = { processId: (client as Opened).processID, age: performance.now() - openedAt };
    const own = { isSending: stream.writableLength > 0, isReading: !stream.isPaused() };
    const probed = await probeSession(config, session, own, connectMilliseconds);
    isAsking = false;
    if (heardAt !== since || stream.bytesRead !== received) return;
    unanswered = probed === "no answer" ? unanswered + 1 : 0;
    if (probed === "at work") heardAt = performance.now();
    else if (probed === "idle" || unanswered >= mostUnanswered) {
      stream.destroy(new SilentConnectionError(performance.now() - since));
    }
  };
  const timer = setInterval(() => void look(), Math.min(5_000, silenceMilliseconds / 4));
  timer.unref();
  client.once("end", () => clearInterval(timer));
}

/** An orderly end waits for the other side, which may be gone. */
function boundEnd(client: pg.Client): void {
  const { connection } = client as Opened;
  const end = client.end.bind(client) as (...args: unknown[]) => unknown;
  client.end = ((...args: unknown[]) => {
    const timer = setTimeout(() => connection.stream.destroy(), endMilliseconds).unref();
    client.once("end", () => clearTimeout(timer));
    return end(...args);
  }) as typeof client.end;
}

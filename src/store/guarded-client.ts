import type { Socket } from "node:net";
import pg from "pg";
import { probeSession } from "./session-probe.ts";

export type Guard = {
  /** How long a connection may take until it is open, and a probe of the server to be answered; in milliseconds. */
  readonly connectMilliseconds: number;
  /** How long a statement may be silent, in milliseconds, before the server is asked whether it still runs. */
  readonly silenceMilliseconds: number;
};

export const defaultGuard: Guard = { connectMilliseconds: 10_000, silenceMilliseconds: 30_000 };

/** After so many milliseconds of silence an idle connection is probed by the kernel. */
const keepAliveMilliseconds = 10_000;
/** So many probes in succession must find no answer: a machine that is merely busy may miss one. */
const mostUnanswered = 2;
/** How long the orderly end of a connection may take, in milliseconds. */
const endMilliseconds = 5_000;

/** A statement got no answer, and the server does not work on it, or cannot be reached. */
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
 * No fixed time would do for every statement: a rebuild may rightly take an hour. So a statement is bounded by its
 * progress: when nothing has come for a while, the server is asked by another connection whether that session is still
 * at work. If it is not, or there is no answer either, the connection is closed and its statements reject with
 * `SilentConnectionError`. The worst case is the silence, its check, and two probes.
 */
export function guardedClients(guard: Guard = defaultGuard): typeof pg.Client {
  return class GuardedClient extends pg.Client {
    constructor(given?: string | pg.ClientConfig) {
      const config = typeof given === "string" ? { connectionString: given } : { ...given };
      // A pool hides it from copies.
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

/** What node-postgres has and its types do not tell. */
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
  /** When the first of the statements under way was sent, or bytes came last; null while there is none. */
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

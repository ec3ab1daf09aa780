import { setTimeout as pause } from "node:timers/promises";
import type pg from "pg";
import { backoffDelay } from "../runtime/index.ts";

export type ListenOptions = {
  readonly channel: string;
  readonly onNotice: (payload: string) => void;
  /** Called whenever listening starts: earlier notifications were missed, so look up the changes. */
  readonly onListening: () => void;
  readonly heartbeat?: Heartbeat;
};

/** Detects a connection that died silently. In milliseconds. */
type Heartbeat = {
  /** Without a notification for this long, the connection is tested by a statement. */
  readonly interval: number;
  /** If the statement is not answered within this time, the connection is replaced. */
  readonly timeout: number;
};

const defaultHeartbeat: Heartbeat = { interval: 15_000, timeout: 10_000 };

export type Listening = {
  /** Whether notifications arrive, as far as is known: none do while a lost connection is being replaced. */
  isListening(): boolean;
  /** Releases the connection. Idempotent. */
  close(): Promise<void>;
};

const backoff = { firstDelay: 100, maxDelay: 5_000 };

/**
 * Listens on one of the pool's connections. A lost one is replaced, with growing pauses between failed attempts. A
 * silently dropped connection is detected by a statement that is not answered.
 */
export function listen(pool: pg.Pool, options: ListenOptions): Listening {
  const closing = new AbortController();
  const { signal } = closing;
  let isListening = false;
  const run = async () => {
    let failures = 0;
    while (!signal.aborted) {
      try {
        await listenOnce(pool, signal, {
          ...options,
          onListening: () => {
            failures = 0;
            isListening = true;
            options.onListening();
          },
        });
      } catch {
        // The server cannot be reached, or has gone: retry.
      }
      isListening = false;
      failures++;
      await pause(backoffDelay(failures, backoff), undefined, { signal }).catch(() => {});
    }
  };
  const running = run();
  return {
    isListening: () => isListening,
    close: () => {
      closing.abort();
      return running;
    },
  };
}

/** Listens until the connection is lost or the signal is aborted. Rejects if it cannot listen. */
async function listenOnce(pool: pg.Pool, signal: AbortSignal, options: ListenOptions): Promise<void> {
  const { channel, onNotice, onListening, heartbeat = defaultHeartbeat } = options;
  const client = await pool.connect();
  const ending = new AbortController();
  const end = () => ending.abort();
  // The listeners stay after the release: the socket may still emit an error, which would have no other listener.
  client.on("error", end).on("end", end);
  signal.addEventListener("abort", end, { once: true });
  if (signal.aborted) end();
  try {
    client.on("notification", (message) => {
      if (message.channel === channel) onNotice(message.payload ?? "");
    });
    await client.query(`LISTEN ${channel}`);
    onListening();
    await waitUntilSilent(client, heartbeat, ending.signal);
  } finally {
    signal.removeEventListener("abort", end);
    // The session's subscriptions end with it.
    client.release(true);
  }
}

/**
 * Resolves once a statement is not answered in time, or at the signal. The statement is no NOTIFY: that would take a
 * transaction id, which is a new version of the data to every cache (DataVersion).
 */
async function waitUntilSilent(
  client: pg.PoolClient,
  { interval, timeout }: Heartbeat,
  signal: AbortSignal,
): Promise<void> {
  let received = 0;
  client.on("notification", () => received++);
  while (!signal.aborted) {
    const before = received;
    await pause(interval, undefined, { signal, ref: false }).catch(() => {});
    if (signal.aborted || received !== before) continue;
    // If unanswered, it rejects when the connection is released.
    const answered = client.query("SELECT 1").then(
      () => true,
      () => false,
    );
    const late = pause(timeout, false, { signal, ref: false }).catch(() => false);
    if (!(await Promise.race([answered, late]))) return;
  }
}

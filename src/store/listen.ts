import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type pg from "pg";
import { backoffDelay } from "../runtime/retry.ts";

export type ListenOptions = {
  readonly channel: string;
  readonly onNotice: (payload: string) => void;
  /** Called each time that it begins to listen: notices from before were missed, and must be looked up. */
  readonly onListening: () => void;
  readonly heartbeat?: Heartbeat;
};

/** How a connection that is dead, and does not show it, is noticed. In milliseconds. */
type Heartbeat = {
  /** After so long without a notice, one is sent to itself, */
  readonly quiet: number;
  /** and must have come back after so long, or the connection is replaced. */
  readonly patience: number;
};

const defaultHeartbeat: Heartbeat = { quiet: 15_000, patience: 10_000 };

export type Listening = {
  /** Whether notices come at the moment, as far as is known: while a lost connection is replaced, none do. */
  isListening(): boolean;
  /** Gives the connection back. May be called again. */
  close(): Promise<void>;
};

const backoff = { firstDelay: 100, maxDelay: 5_000 };

/**
 * Listens on one of the pool's connections; a lost one is replaced, after pauses that grow while that fails. A connection
 * that was dropped without a word is noticed by a notice that it sends to itself.
 */
export function listen(pool: pg.Pool, options: ListenOptions): Listening {
  const closing = new AbortController();
  const { signal } = closing;
  let isListening = false;
  const run = async () => {
    let failures = 0;
    while (!signal.aborted) {
      try {
        await hold(pool, signal, {
          ...options,
          onListening: () => {
            failures = 0;
            isListening = true;
            options.onListening();
          },
        });
      } catch {
        // The server cannot be reached, or has gone: tried again.
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

/** Listens until the connection is lost, or the signal. Rejects where it cannot. */
async function hold(pool: pg.Pool, signal: AbortSignal, options: ListenOptions): Promise<void> {
  const { channel, onNotice, onListening, heartbeat = defaultHeartbeat } = options;
  const client = await pool.connect();
  const ending = new AbortController();
  const end = () => ending.abort();
  // They stay when the connection is given up: its socket may still tell an error, and nobody else would hear it.
  client.on("error", end).on("end", end);
  signal.addEventListener("abort", end, { once: true });
  if (signal.aborted) end();
  try {
    client.on("notification", (message) => {
      if (message.channel === channel) onNotice(message.payload ?? "");
    });
    // No other session's, so that each hears its own only.
    const ownChannel = `pith_graph_heartbeat_${randomBytes(8).toString("hex")}`;
    await client.query(`LISTEN ${ownChannel}`);
    await client.query(`LISTEN ${channel}`);
    onListening();
    await untilSilent(client, ownChannel, heartbeat, ending.signal);
  } finally {
    signal.removeEventListener("abort", end);
    // What the session listens to ends with it.
    client.release(true);
  }
}

/**
 * Resolves once a notice that the connection sends to itself does not come back in time, or at the signal. It is sent
 * only after a quiet while: each takes a transaction id of the server.
 */
async function untilSilent(
  client: pg.PoolClient,
  ownChannel: string,
  { quiet, patience }: Heartbeat,
  signal: AbortSignal,
): Promise<void> {
  let heard = 0;
  let told = () => {};
  client.on("notification", () => {
    heard++;
    told();
  });
  while (!signal.aborted) {
    const before = heard;
    await pause(quiet, undefined, { signal, ref: false }).catch(() => {});
    if (signal.aborted || heard !== before) continue;
    const answered = new Promise<boolean>((resolve) => {
      told = () => resolve(true);
    });
    // Unanswered, it rejects when the connection is given up.
    client.query(`NOTIFY ${ownChannel}`).catch(() => {});
    const late = pause(patience, false, { signal, ref: false }).catch(() => false);
    if (!(await Promise.race([answered, late]))) return;
  }
}

import { setTimeout as pause } from "node:timers/promises";
import type pg from "pg";

export type ListenOptions = {
  readonly channel: string;
  readonly onNotice: (payload: string) => void;
  /** Each time that it listens from now on: what was told before was missed, and must be looked up. */
  readonly onListening: () => void;
};

export type Listening = {
  /** Gives the connection back. May be called again. */
  close(): Promise<void>;
};

const shortestPause = 50;
const longestPause = 5_000;

/** Listens on one of the pool's connections; a lost one is replaced, after pauses that grow while that fails. */
export function listen(pool: pg.Pool, options: ListenOptions): Listening {
  const closing = new AbortController();
  const { signal } = closing;
  const run = async () => {
    let delay = shortestPause;
    while (!signal.aborted) {
      try {
        await hold(pool, signal, {
          ...options,
          onListening: () => {
            delay = shortestPause;
            options.onListening();
          },
        });
      } catch {
        // The server cannot be reached, or has gone: tried again.
      }
      await pause(delay, undefined, { signal }).catch(() => {});
      delay = Math.min(longestPause, delay * 2);
    }
  };
  const running = run();
  return {
    close: () => {
      closing.abort();
      return running;
    },
  };
}

/** Listens until the connection is lost, or the signal. Rejects where it cannot. */
async function hold(pool: pg.Pool, signal: AbortSignal, options: ListenOptions): Promise<void> {
  const { channel, onNotice, onListening } = options;
  const client = await pool.connect();
  const ended = new Promise<void>((resolve) => {
    // They stay when the connection is given up: its socket may still tell an error, and nobody else would hear it.
    client.on("error", () => resolve()).on("end", () => resolve());
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
  try {
    client.on("notification", (message) => {
      if (message.channel === channel) onNotice(message.payload ?? "");
    });
    await client.query(`LISTEN ${channel}`);
    onListening();
    await ended;
  } finally {
    // What the session listens to ends with it.
    client.release(true);
  }
}

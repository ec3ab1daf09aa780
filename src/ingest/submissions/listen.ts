import type pg from "pg";
import { Bell } from "./bell.ts";

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

const longestPause = 5_000;

/** Listens on one of the pool's connections; a lost one is replaced, after pauses that grow while that fails. */
export function listen(pool: pg.Pool, { channel, onNotice, onListening }: ListenOptions): Listening {
  const closing = new Bell();
  let isClosing = false;
  const run = async () => {
    let pause = 50;
    while (!isClosing) {
      const isLost = await hold(pool, channel, {
        onNotice,
        onListening: () => {
          pause = 50;
          onListening();
        },
        closing,
      });
      if (!isLost || isClosing) return;
      await closing.wait(pause);
      pause = Math.min(longestPause, pause * 2);
    }
  };
  const running = run();
  return {
    close: () => {
      isClosing = true;
      closing.ring();
      return running;
    },
  };
}

type Holding = Pick<ListenOptions, "onNotice" | "onListening"> & { readonly closing: Bell };

/** Listens until the connection is lost (then true) or the bell rings. */
async function hold(
  pool: pg.Pool,
  channel: string,
  { onNotice, onListening, closing }: Holding,
): Promise<boolean> {
  let client: pg.PoolClient;
  try {
    client = await pool.connect();
  } catch {
    return true;
  }
  let isLost = false;
  const lose = () => {
    isLost = true;
    closing.ring();
  };
  const take = (message: pg.Notification) => {
    if (message.channel === channel) onNotice(message.payload ?? "");
  };
  client.on("error", lose).on("end", lose).on("notification", take);
  try {
    await client.query(`LISTEN ${channel}`);
    onListening();
    while (!isLost) {
      await closing.wait(2 ** 30);
      if (!isLost) break;
    }
  } catch {
    isLost = true;
  }
  client.off("end", lose).off("notification", take);
  // Whatever the session still listens to ends with it. The listener for errors stays: the socket may still tell one.
  client.release(true);
  return isLost;
}

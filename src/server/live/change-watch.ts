import { AsyncEvent } from "../../runtime/index.ts";
import { changesChannel, type Database, type Listening, listen } from "../../store/index.ts";

/** Clients that may wait for a change: in total, and per address. Each occupies a connection to this server. */
export type WaitLimits = { readonly inAll: number; readonly ofAddress: number };

export const defaultWaitLimits: WaitLimits = { inAll: 256, ofAddress: 8 };

/** A waiting client. */
export type Wait = {
  /** Resolves to true once something may have changed; to false when the time is over, or the wait was ended. */
  changed(): Promise<boolean>;
  /** Frees its place. */
  end(): void;
};

type Waiter = { readonly address: string; readonly news: AsyncEvent; readonly over: AbortController };

/** Notifies waiting clients of committed changes. Uses one of the pool's connections from its first use on. */
export class ChangeWatch {
  readonly #database: Database;
  readonly #limits: WaitLimits;
  readonly #waiters = new Set<Waiter>();
  readonly #listeners = new Set<() => void>();
  #listening: Listening | undefined;
  #isStopping = false;

  constructor(database: Database, limits: WaitLimits = defaultWaitLimits) {
    this.#database = database;
    this.#limits = limits;
  }

  /**
   * Waits for changes from now on, for at most `milliseconds`. Null if there are too many waits, or the server stops.
   * Look for changes after this call: later commits are reported.
   */
  begin(address: string, milliseconds: number): Wait | null {
    const ofAddress = [...this.#waiters].filter((waiter) => waiter.address === address).length;
    const { inAll, ofAddress: mostOfAddress } = this.#limits;
    if (this.#isStopping || this.#waiters.size >= inAll || ofAddress >= mostOfAddress) return null;
    this.#listen();
    const waiter: Waiter = { address, news: new AsyncEvent(), over: new AbortController() };
    const { news, over } = waiter;
    const end = () => {
      clearTimeout(timer);
      this.#waiters.delete(waiter);
      over.abort();
    };
    const timer = setTimeout(end, milliseconds);
    this.#waiters.add(waiter);
    return { changed: () => news.wait({ signal: over.signal }), end };
  }

  /**
   * Calls `listener` whenever something may have changed, from now on: look for changes after this call. Returns a
   * function that ends it. Listeners do not count towards the limits: they limit their own clients.
   */
  onNews(listener: () => void): () => void {
    this.#listeners.add(listener);
    this.#listen();
    return () => this.#listeners.delete(listener);
  }

  /** Ends all waits: each is answered with the current state. Later waits are refused. */
  stopWaiting(): void {
    this.#isStopping = true;
    for (const { over } of this.#waiters) over.abort();
  }

  async close(): Promise<void> {
    this.stopWaiting();
    await this.#listening?.close();
  }

  /** Whether change notifications arrive at the moment; null before the first use. */
  isListening(): boolean | null {
    return this.#listening?.isListening() ?? null;
  }

  #listen(): void {
    this.#listening ??= listen(this.#database.pool, {
      channel: changesChannel,
      onNotice: () => this.#tell(),
      // Changes notified before it listened are looked up.
      onListening: () => this.#tell(),
    });
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
    for (const { news } of this.#waiters) news.set();
  }
}

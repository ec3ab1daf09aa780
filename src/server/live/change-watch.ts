import { type Listening, listen } from "../../ingest/submissions/index.ts";
import { AsyncEvent } from "../../runtime/async-event.ts";
import { changesChannel } from "../../store/feed.ts";
import type { Database } from "../../store/index.ts";

/** Clients that may wait for a change: in all, and of one address. Each holds a connection to this server. */
export type WaitLimits = { readonly inAll: number; readonly ofAddress: number };

export const defaultWaitLimits: WaitLimits = { inAll: 256, ofAddress: 8 };

/** A client that waits. */
export type Wait = {
  /** Resolves once something may have changed, true; false when the time is over, or the wait was ended. */
  changed(): Promise<boolean>;
  /** Gives the place to another. */
  end(): void;
};

type Waiter = { readonly address: string; readonly news: AsyncEvent; readonly over: AbortController };

/** Tells those who wait of committed changes. Takes one of the pool's connections from its first use on. */
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
   * Waits for changes from now on, milliseconds at most. Null where there are too many who wait, or all are being sent
   * home. Look for changes after it is given: what is committed from then on is told.
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
   * Calls whenever something may have changed, from now on: look for changes after this. Gives what ends it. These
   * callers count in no limit: they keep count of those they tell.
   */
  onNews(listener: () => void): () => void {
    this.#listeners.add(listener);
    this.#listen();
    return () => this.#listeners.delete(listener);
  }

  /** Ends all waits: each is answered with what there is. From now on nobody waits. */
  stopWaiting(): void {
    this.#isStopping = true;
    for (const { over } of this.#waiters) over.abort();
  }

  async close(): Promise<void> {
    this.stopWaiting();
    await this.#listening?.close();
  }

  /** Whether changes are heard of at the moment; null before the first use. */
  isListening(): boolean | null {
    return this.#listening?.isListening() ?? null;
  }

  #listen(): void {
    this.#listening ??= listen(this.#database.pool, {
      channel: changesChannel,
      onNotice: () => this.#tell(),
      // What was told before it listened is looked up.
      onListening: () => this.#tell(),
    });
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
    for (const { news } of this.#waiters) news.set();
  }
}

import { setTimeout as pause } from "node:timers/promises";
import { ApiError, type ChangeFollower } from "../api/index.ts";
import { AsyncEvent } from "../runtime/index.ts";
import {
  type Change,
  changesChannel,
  type Database,
  type Listening,
  listen,
  readChanges,
  readFeedHead,
} from "../store/index.ts";

/** Clients that may wait for a change: in total, and per address. Each occupies a connection to this server. */
type WaitLimits = { readonly inAll: number; readonly ofAddress: number };

const defaultWaitLimits: WaitLimits = { inAll: 256, ofAddress: 8 };

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

/** Clients that may follow changes: in total, and per address. */
type FollowLimits = { readonly inAll: number; readonly ofAddress: number };

const defaultFollowLimits: FollowLimits = { inAll: 1_000, ofAddress: 32 };

/** Changes that are cached for followers that are up to date; those further behind read the table. */
const mostRecent = 1_000;
/** Changes that a follower gets at a time: the most that is buffered for one. */
const pageSize = 100;
const pauseAfterFault = 1_000;

type Follower = { readonly address: string; readonly news: AsyncEvent; readonly over: AbortController };

/**
 * The changes of papers as they are committed, for all clients of this process that follow them: one reader reads each
 * change once, while there are followers.
 */
export class LiveChanges {
  readonly #database: Database;
  readonly #watch: ChangeWatch;
  readonly #limits: FollowLimits;
  readonly #followers = new Set<Follower>();
  /** Without gaps, up to `#position`. */
  #recent: Change[] = [];
  /** How far the feed had been read when following began; null without followers. */
  #head: Promise<bigint> | null = null;
  #position = 0n;
  #isReading = false;
  #hasNews = false;
  #stopWatching: () => void = () => {};
  #isStopping = false;

  constructor(database: Database, watch: ChangeWatch, limits: FollowLimits = defaultFollowLimits) {
    this.#database = database;
    this.#watch = watch;
    this.#limits = limits;
  }

  /** Lets a client follow. Throws RATE_LIMITED or UNAVAILABLE if too many do, or the server stops. */
  follow(address: string): ChangeFollower {
    const ofAddress = [...this.#followers].filter((follower) => follower.address === address).length;
    if (this.#isStopping) throw new ApiError("UNAVAILABLE", "The server is stopping. Try again shortly.");
    if (ofAddress >= this.#limits.ofAddress) {
      throw new ApiError(
        "RATE_LIMITED",
        `Your address has ${ofAddress} open subscriptions, the maximum. Close one, or follow several papers in one.`,
      );
    }
    if (this.#followers.size >= this.#limits.inAll) {
      throw new ApiError("UNAVAILABLE", "Too many subscriptions are open. Try again later.");
    }
    const follower: Follower = { address, news: new AsyncEvent(), over: new AbortController() };
    this.#followers.add(follower);
    this.#head ??= this.#begin();
    return {
      head: async () => {
        await this.#head;
        return this.#position;
      },
      next: (after) => this.#next(follower, after),
      end: () => {
        follower.over.abort();
        if (this.#followers.delete(follower) && this.#followers.size === 0) this.#rest();
      },
    };
  }

  /** Ends all streams; clients reconnect and resume. Later followers are refused. */
  stop(): void {
    this.#isStopping = true;
    for (const { over } of this.#followers) over.abort();
    this.#rest();
  }

  async #begin(): Promise<bigint> {
    // It listens before it reads the end of the feed, so that no change falls between.
    this.#stopWatching = this.#watch.onNews(() => {
      this.#hasNews = true;
      void this.#read();
    });
    try {
      this.#position = (await readFeedHead(this.#database.db)).position;
    } catch (error) {
      this.#rest();
      throw error;
    }
    return this.#position;
  }

  #rest(): void {
    this.#stopWatching();
    this.#head = null;
    this.#recent = [];
  }

  /** Reads up to the end of the feed. A fault, usually a lost database, is retried while there are followers. */
  async #read(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      while (this.#hasNews && this.#head !== null) {
        this.#hasNews = false;
        const of = this.#head;
        try {
          await of;
          const changes = await readChanges(this.#database.db, this.#position, mostRecent);
          // During the read all followers may have left, and others may have come.
          if (of !== this.#head || changes.length === 0) continue;
          this.#position = changes.at(-1)?.position ?? this.#position;
          this.#recent = [...this.#recent, ...changes].slice(-mostRecent);
          this.#hasNews ||= changes.length === mostRecent;
          for (const { news } of this.#followers) news.set();
        } catch {
          this.#hasNews = true;
          await pause(pauseAfterFault);
        }
      }
    } finally {
      this.#isReading = false;
    }
  }

  async #next({ news, over: { signal } }: Follower, after: bigint): Promise<readonly Change[] | null> {
    while (!signal.aborted) {
      if (after >= this.#position) {
        await news.wait({ signal });
        continue;
      }
      const changes = await this.#after(after);
      if (changes.length > 0) return signal.aborted ? null : changes;
    }
    return null;
  }

  async #after(position: bigint): Promise<readonly Change[]> {
    const [oldest] = this.#recent;
    if (oldest === undefined || oldest.position > position + 1n) {
      return readChanges(this.#database.db, position, pageSize);
    }
    const start = this.#recent.findIndex((change) => change.position > position);
    return this.#recent.slice(start, start + pageSize);
  }
}

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
type LongPollLimits = { readonly total: number; readonly perAddress: number };

const defaultLongPollLimits: LongPollLimits = { total: 256, perAddress: 8 };

/** A waiting client. */
export type Wait = {
  /** Resolves to true once something may have changed; to false when the time is over, or the wait was ended. */
  changed(): Promise<boolean>;
  /** Frees its place. */
  end(): void;
};

type Waiter = { readonly address: string; readonly changed: AsyncEvent; readonly ended: AbortController };

/** Notifies waiting clients of committed changes. Uses one of the pool's connections from its first use on. */
export class ChangeWatch {
  readonly #database: Database;
  readonly #limits: LongPollLimits;
  readonly #waiters = new Set<Waiter>();
  readonly #listeners = new Set<() => void>();
  #listening: Listening | undefined;
  #isStopping = false;

  constructor(database: Database, limits: LongPollLimits = defaultLongPollLimits) {
    this.#database = database;
    this.#limits = limits;
  }

  /**
   * Waits for changes from now on, for at most `milliseconds`. Null if there are too many waits, or the server stops.
   * Look for changes after this call: later commits are reported.
   */
  begin(address: string, milliseconds: number): Wait | null {
    const perAddress = [...this.#waiters].filter((waiter) => waiter.address === address).length;
    const { total, perAddress: maxPerAddress } = this.#limits;
    if (this.#isStopping || this.#waiters.size >= total || perAddress >= maxPerAddress) return null;
    this.#listen();
    const waiter: Waiter = { address, changed: new AsyncEvent(), ended: new AbortController() };
    const { changed, ended } = waiter;
    const end = () => {
      clearTimeout(timer);
      this.#waiters.delete(waiter);
      ended.abort();
    };
    const timer = setTimeout(end, milliseconds);
    this.#waiters.add(waiter);
    return { changed: () => changed.wait({ signal: ended.signal }), end };
  }

  /**
   * Calls `listener` whenever something may have changed, from now on: look for changes after this call. Returns a
   * function that ends it. Listeners do not count towards the limits: they limit their own clients.
   */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    this.#listen();
    return () => this.#listeners.delete(listener);
  }

  /** Ends all waits: each is answered with the current state. Later waits are refused. */
  stopWaiting(): void {
    this.#isStopping = true;
    for (const { ended } of this.#waiters) ended.abort();
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
      onNotice: () => this.#notify(),
      // Changes notified before it listened are looked up.
      onListening: () => this.#notify(),
    });
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
    for (const { changed } of this.#waiters) changed.set();
  }
}

/** Clients that may follow changes: in total, and per address. */
type FollowLimits = { readonly total: number; readonly perAddress: number };

const defaultFollowLimits: FollowLimits = { total: 1_000, perAddress: 32 };

/** Changes that are cached for followers that are up to date; those further behind read the table. */
const maxRecent = 1_000;
/** Changes that a follower gets at a time: the most that is buffered for one. */
const pageSize = 100;
const retryMilliseconds = 1_000;

type Follower = { readonly address: string; readonly changed: AsyncEvent; readonly ended: AbortController };

/**
 * The changes of papers as they are committed, for all clients of this process that follow them: one reader reads each
 * change once, while there are followers.
 */
export class ChangeSubscriptions {
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
  #isBehind = false;
  #stopWatching: () => void = () => {};
  #isStopping = false;

  constructor(database: Database, watch: ChangeWatch, limits: FollowLimits = defaultFollowLimits) {
    this.#database = database;
    this.#watch = watch;
    this.#limits = limits;
  }

  /** Lets a client follow. Throws RATE_LIMITED or UNAVAILABLE if too many do, or the server stops. */
  follow(address: string): ChangeFollower {
    const perAddress = [...this.#followers].filter((follower) => follower.address === address).length;
    if (this.#isStopping) throw new ApiError("UNAVAILABLE", "The server is stopping. Try again shortly.");
    if (perAddress >= this.#limits.perAddress) {
      throw new ApiError(
        "RATE_LIMITED",
        `Your address has ${perAddress} open subscriptions, the maximum. Close one, or follow several papers in one.`,
      );
    }
    if (this.#followers.size >= this.#limits.total) {
      throw new ApiError("UNAVAILABLE", "Too many subscriptions are open. Try again later.");
    }
    const follower: Follower = { address, changed: new AsyncEvent(), ended: new AbortController() };
    this.#followers.add(follower);
    this.#head ??= this.#startFollowing();
    return {
      head: async () => {
        await this.#head;
        return this.#position;
      },
      next: (after) => this.#next(follower, after),
      end: () => {
        follower.ended.abort();
        if (this.#followers.delete(follower) && this.#followers.size === 0) this.#stopFollowing();
      },
    };
  }

  /** Ends all streams; clients reconnect and resume. Later followers are refused. */
  stop(): void {
    this.#isStopping = true;
    for (const { ended } of this.#followers) ended.abort();
    this.#stopFollowing();
  }

  async #startFollowing(): Promise<bigint> {
    // It listens before it reads the end of the feed, so that no change falls between.
    this.#stopWatching = this.#watch.onChange(() => {
      this.#isBehind = true;
      void this.#read();
    });
    try {
      this.#position = (await readFeedHead(this.#database.db)).position;
    } catch (error) {
      this.#stopFollowing();
      throw error;
    }
    return this.#position;
  }

  #stopFollowing(): void {
    this.#stopWatching();
    this.#head = null;
    this.#recent = [];
  }

  /** Reads up to the end of the feed. A fault, usually a lost database, is retried while there are followers. */
  async #read(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      while (this.#isBehind && this.#head !== null) {
        this.#isBehind = false;
        const head = this.#head;
        try {
          await head;
          const changes = await readChanges(this.#database.db, this.#position, maxRecent);
          // During the read all followers may have left, and others may have come.
          if (head !== this.#head || changes.length === 0) continue;
          this.#position = changes.at(-1)?.position ?? this.#position;
          this.#recent = [...this.#recent, ...changes].slice(-maxRecent);
          this.#isBehind ||= changes.length === maxRecent;
          for (const { changed } of this.#followers) changed.set();
        } catch {
          this.#isBehind = true;
          await pause(retryMilliseconds);
        }
      }
    } finally {
      this.#isReading = false;
    }
  }

  async #next({ changed, ended: { signal } }: Follower, after: bigint): Promise<readonly Change[] | null> {
    while (!signal.aborted) {
      if (after >= this.#position) {
        await changed.wait({ signal });
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

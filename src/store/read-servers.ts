import type { Database } from "./database.ts";
import { primaryServer, type ReadServer, type WalPosition } from "./read-server.ts";
import { Replica, type ReplicaStatus, ServerProbe, type ServerState } from "./replica.ts";

type Sample = { readonly at: number; readonly position: WalPosition };

/**
 * Positions of the primary over time, from which the delay of a replica is computed. This needs no writes and no clock
 * but our own: a replica at a position has everything that was committed when the primary was there. If nothing happens
 * on the primary, all replicas that have reached its end are up to date.
 */
export class PrimaryHistory {
  readonly #span: number;
  #samples: Sample[] = [];

  /** `span`: how far the history reaches back, in milliseconds. */
  constructor(span: number) {
    this.#span = span;
  }

  /** The primary was at this position or beyond at time `at`: milliseconds of one clock, before it was queried. */
  add(at: number, position: WalPosition): void {
    const last = this.#samples.at(-1);
    // A primary that goes back is another server: the history of the old one does not apply.
    if (last !== undefined && position < last.position) this.#samples = [];
    this.#samples.push({ at, position });
    const oldest = this.#samples.findIndex((sample) => sample.at >= at - this.#span);
    this.#samples.splice(0, oldest);
  }

  /**
   * The delay of a server that has replayed to this position, in milliseconds, when the primary was last queried.
   * Infinity beyond the span of the history, and while it is empty.
   */
  millisecondsBehind(replayed: WalPosition): number {
    const last = this.#samples.at(-1);
    const reached = this.#samples.findLast(({ position }) => position <= replayed);
    return last === undefined || reached === undefined ? Number.POSITIVE_INFINITY : last.at - reached.at;
  }
}

export type ReadServersOptions = {
  /** Answers what no replica may answer; the caller owns its connections. */
  readonly primary: Database;
  /** Standbys of the primary. Defaults to none. */
  readonly replicas?: readonly Database["connection"][];
  /** Maximum delay of a replica that is in use. Defaults to 10 s. */
  readonly maxDelaySeconds?: number;
  /** Time limit of a statement on a replica, in milliseconds. */
  readonly statementMilliseconds?: number;
  /** Called when a replica is taken into use or out of use, or when the reason for that changes. */
  readonly onChange?: (replica: ReplicaStatus) => void;
};

const maxProbeInterval = 1_000;

/**
 * The servers that answer queries: replicas in rotation, as long as they answer and are within the maximum delay; the
 * primary if there is none. Each process monitors them separately.
 *
 * While the primary does not answer, its position is unknown: replicas that were up to date when it last answered stay
 * in use, so that reads continue without a primary.
 */
export class ReadServers {
  readonly primary: ReadServer;
  readonly #replicas: readonly Replica[];
  readonly #history: PrimaryHistory;
  readonly #primaryProbe: ServerProbe;
  readonly #maxDelayMilliseconds: number;
  readonly #probeInterval: number;
  #systemIdentifier: string | null = null;
  #turn = 0;
  #timer: NodeJS.Timeout | undefined;
  #probing: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;
  #isClosed = false;

  constructor(options: ReadServersOptions) {
    const { primary, replicas = [], maxDelaySeconds = 10, statementMilliseconds, onChange } = options;
    this.primary = primaryServer(primary);
    this.#replicas = replicas.map(
      (connection, index) =>
        new Replica({ number: index + 1, connection, primary, statementMilliseconds, onChange }),
    );
    this.#maxDelayMilliseconds = maxDelaySeconds * 1_000;
    this.#probeInterval = Math.min(maxProbeInterval, this.#maxDelayMilliseconds / 4);
    this.#history = new PrimaryHistory(this.#maxDelayMilliseconds);
    this.#primaryProbe = new ServerProbe(primary.connection, () => {});
    if (replicas.length > 0) this.#probing = this.#probeAll();
  }

  /** Number of servers, including the primary and unused replicas. */
  get count(): number {
    return 1 + this.#replicas.length;
  }

  status(): ReplicaStatus[] {
    return this.#replicas.map((replica) => replica.status());
  }

  /** A server for a request. Requests with the same text get the same server while the servers in use are the same. */
  choose(text?: string): ReadServer {
    const used = this.#replicas.filter((replica) => replica.session !== null);
    if (used.length === 0) return this.primary;
    const place = text === undefined ? this.#turn++ : hashOf(text);
    return used[place % used.length]?.session ?? this.primary;
  }

  /** A server that has reached a position: a replica if one has, which may take a query to find out. */
  async chooseAt(position: WalPosition): Promise<ReadServer> {
    const used = this.#replicas.filter((replica) => replica.session !== null);
    const behind = used.filter((replica) => replica.position < position);
    const ahead = used.filter((replica) => replica.position >= position);
    const known = ahead[this.#turn++ % ahead.length]?.session;
    if (known != null) return known;
    const next = behind[this.#turn % behind.length];
    const session = next?.session;
    if (next === undefined || session == null) return this.primary;
    return (await next.hasReached(position)) ? session : this.primary;
  }

  /** Resolves when all servers have been probed once more; concurrent callers share it. */
  probe(): Promise<void> {
    this.#next ??= this.#probing.then(() => {
      this.#next = null;
      if (this.#isClosed || this.#replicas.length === 0) return;
      clearTimeout(this.#timer);
      this.#probing = this.#probeAll();
      return this.#probing;
    });
    return this.#next;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#probing;
    this.#primaryProbe.close();
    await Promise.all([this.primary.close(), ...this.#replicas.map((replica) => replica.close())]);
  }

  async #probeAll(): Promise<void> {
    await this.#probePrimary();
    // After the primary: the replicas' positions now are compared with the primary's before.
    await Promise.all(this.#replicas.map((replica) => replica.probe((state) => this.#reasonNotToUse(state))));
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => void this.probe(), this.#probeInterval);
    this.#timer.unref();
  }

  async #probePrimary(): Promise<void> {
    const at = performance.now();
    try {
      const { position, systemIdentifier } = await this.#primaryProbe.run();
      this.#history.add(at, position);
      this.#systemIdentifier = systemIdentifier;
    } catch {
      // Statements on the primary report the error to their callers.
    }
  }

  /** Why a replica may not be used; null if it may. */
  #reasonNotToUse({ isStandby, position, systemIdentifier }: ServerState): string | null {
    if (this.#systemIdentifier === null) return "the primary has not responded yet";
    if (systemIdentifier !== this.#systemIdentifier) return "it is not a replica of the primary";
    if (!isStandby) return "it is not a standby";
    const behind = this.#history.millisecondsBehind(position);
    // Until the next probe the replica can fall further behind by the pause between them.
    if (behind + this.#probeInterval <= this.#maxDelayMilliseconds) return null;
    return `it is behind by more than ${this.#maxDelayMilliseconds / 1_000} s`;
  }
}

function hashOf(text: string): number {
  let sum = 0;
  for (let index = 0; index < text.length; index++) sum = (sum * 31 + text.charCodeAt(index)) >>> 0;
  return sum;
}

import type { Database } from "../database.ts";
import { type Position, primaryServer, type ReadServer } from "./read-server.ts";
import { type Probed, Replica, type ReplicaStatus, ServerProbe } from "./replica.ts";

type Sample = { readonly at: number; readonly position: Position };

/**
 * How far the primary had come at which time, for telling how far a replica is behind in time. Nothing has to be
 * written for it and no clock but our own is read: a replica that has come to a position has all that was committed
 * when the primary was there. On a primary where nothing happens, all who have come to its end are up to date.
 */
export class PrimaryHistory {
  readonly #span: number;
  #samples: Sample[] = [];

  /** Looks back so many milliseconds. */
  constructor(span: number) {
    this.#span = span;
  }

  /** The primary was at a position, or beyond, at a time in milliseconds by one clock: before it was asked. */
  add(at: number, position: Position): void {
    const last = this.#samples.at(-1);
    // A primary that goes back is another one: what was known of the old one tells nothing.
    if (last !== undefined && position < last.position) this.#samples = [];
    this.#samples.push({ at, position });
    const oldest = this.#samples.findIndex((sample) => sample.at >= at - this.#span);
    this.#samples.splice(0, oldest);
  }

  /**
   * Milliseconds that who has replayed to a position was behind when the primary was last asked; Infinity where that is
   * more than it looks back, and while nothing is known.
   */
  millisecondsBehind(replayed: Position): number {
    const last = this.#samples.at(-1);
    const reached = this.#samples.findLast(({ position }) => position <= replayed);
    return last === undefined || reached === undefined ? Number.POSITIVE_INFINITY : last.at - reached.at;
  }
}

export type ReadServersOptions = {
  /** What is read from where no replica may be; its connections stay the caller's. */
  readonly primary: Database;
  /** Standbys of the primary; none unless told. */
  readonly replicas?: readonly Database["connection"][];
  /** A replica that is behind by more is left out; 10 s unless told. */
  readonly maximumSeconds?: number;
  /** How long a statement may take on a replica, in milliseconds. */
  readonly statementMilliseconds?: number;
  /** Told when a replica is taken into use or left out, or left out for another reason. */
  readonly onChange?: (replica: ReplicaStatus) => void;
};

const longestPause = 1_000;

/**
 * The servers that queries are answered from: replicas in turn, as long as they answer and are not behind by more than
 * the bound; the primary where there is none. Each process looks after them by itself.
 *
 * While the primary does not answer, nothing tells how far it is: replicas that were up to date when it last did stay
 * in use, so that reading goes on while there is no primary.
 */
export class ReadServers {
  readonly primary: ReadServer;
  readonly #replicas: readonly Replica[];
  readonly #history: PrimaryHistory;
  readonly #probe: ServerProbe;
  readonly #maximumMilliseconds: number;
  readonly #pauseMilliseconds: number;
  #systemIdentifier: string | null = null;
  #turn = 0;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;
  #isClosed = false;

  constructor(options: ReadServersOptions) {
    const { primary, replicas = [], maximumSeconds = 10, statementMilliseconds, onChange } = options;
    this.primary = primaryServer(primary);
    this.#replicas = replicas.map(
      (connection, index) =>
        new Replica({ number: index + 1, connection, primary, statementMilliseconds, onChange }),
    );
    this.#maximumMilliseconds = maximumSeconds * 1_000;
    this.#pauseMilliseconds = Math.min(longestPause, this.#maximumMilliseconds / 4);
    this.#history = new PrimaryHistory(this.#maximumMilliseconds);
    this.#probe = new ServerProbe(primary.connection, () => {});
    if (replicas.length > 0) this.#looking = this.#look();
  }

  /** How many there are, the primary and replicas that are not in use among them. */
  get count(): number {
    return 1 + this.#replicas.length;
  }

  status(): ReplicaStatus[] {
    return this.#replicas.map((replica) => replica.status());
  }

  /** A server for a request. Those of one text get the same one, as long as the same are in use. */
  choose(text?: string): ReadServer {
    const used = this.#replicas.filter((replica) => replica.session !== null);
    if (used.length === 0) return this.primary;
    const place = text === undefined ? this.#turn++ : sumOf(text);
    return used[place % used.length]?.session ?? this.primary;
  }

  /** A server that has come to a position: one of the replicas where one has, which may have to be asked. */
  async chooseAt(position: Position): Promise<ReadServer> {
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

  /** Resolves when all servers have been asked once more; who asks meanwhile shares it. */
  look(): Promise<void> {
    this.#next ??= this.#looking.then(() => {
      this.#next = null;
      if (this.#isClosed || this.#replicas.length === 0) return;
      clearTimeout(this.#timer);
      this.#looking = this.#look();
      return this.#looking;
    });
    return this.#next;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#looking;
    this.#probe.close();
    await Promise.all([this.primary.close(), ...this.#replicas.map((replica) => replica.close())]);
  }

  async #look(): Promise<void> {
    await this.#lookAtPrimary();
    // After the primary: what they have by then is compared with what it had before.
    await Promise.all(this.#replicas.map((replica) => replica.look((probed) => this.#reasonAgainst(probed))));
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => void this.look(), this.#pauseMilliseconds);
    this.#timer.unref();
  }

  async #lookAtPrimary(): Promise<void> {
    const at = performance.now();
    try {
      const { position, systemIdentifier } = await this.#probe.ask();
      this.#history.add(at, position);
      this.#systemIdentifier = systemIdentifier;
    } catch {
      // Its own users are told by their statements.
    }
  }

  /** Null where a replica may be used. */
  #reasonAgainst({ isStandby, position, systemIdentifier }: Probed): string | null {
    if (this.#systemIdentifier === null) return "the primary has not answered yet";
    if (systemIdentifier !== this.#systemIdentifier) return "it is no copy of the primary";
    if (!isStandby) return "it is no standby";
    const behind = this.#history.millisecondsBehind(position);
    // Until the next look it can fall back by as much as passes until then.
    if (behind + this.#pauseMilliseconds <= this.#maximumMilliseconds) return null;
    return `it is behind by more than ${this.#maximumMilliseconds / 1_000} s`;
  }
}

function sumOf(text: string): number {
  let sum = 0;
  for (let index = 0; index < text.length; index++) sum = (sum * 31 + text.charCodeAt(index)) >>> 0;
  return sum;
}

import type { Database } from "../database.ts";
import type { Position } from "./position.ts";
import type { ReadServer } from "./read-server.ts";
import { openReplicaSession, type ReplicaSession } from "./replica-session.ts";
import { type Probed, ServerProbe } from "./server-probe.ts";

export type ReplicaStatus = {
  /** From 1, in the order in which they were given. */
  readonly number: number;
  readonly isUsed: boolean;
  /** Why it is not used; null where it is. */
  readonly reason: string | null;
};

export type ReplicaOptions = {
  readonly number: number;
  readonly connection: Database["connection"];
  readonly primary: Database;
  readonly statementMilliseconds: number | undefined;
  readonly onChange: ((status: ReplicaStatus) => void) | undefined;
};

/** One replica: whether it may be used, and what it is used through. */
export class Replica {
  /** Replayed when it was last asked. */
  position: Position = 0n;
  readonly #options: ReplicaOptions;
  readonly #probe: ServerProbe;
  #session: ReplicaSession | null = null;
  #sessions = 0;
  #reason: string | null = "it has not been asked yet";

  constructor(options: ReplicaOptions) {
    this.#options = options;
    this.#probe = new ServerProbe(options.connection, (error) => this.#fail(error));
  }

  /** Null while it is left out. */
  get session(): ReadServer | null {
    return this.#reason === null ? this.#session : null;
  }

  status(): ReplicaStatus {
    return { number: this.#options.number, isUsed: this.#reason === null, reason: this.#reason };
  }

  /** Asks it, and settles whether it may be used: `reasonAgainst` says why not. */
  async look(reasonAgainst: (probed: Probed) => string | null): Promise<void> {
    try {
      const probed = await this.#probe.ask();
      this.position = probed.position;
      const reason = reasonAgainst(probed);
      if (reason === null) this.#session ??= this.#open();
      this.#settle(reason);
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  /** Asks it whether it has come to a position. */
  async hasReached(position: Position): Promise<boolean> {
    const session = this.#session;
    if (session === null) return false;
    try {
      const reached = await session.position();
      // It may have failed meanwhile, and come back.
      if (session === this.#session && reached > this.position) this.position = reached;
      return reached >= position;
    } catch (error) {
      if (session === this.#session) this.#fail(error as Error);
      return false;
    }
  }

  async close(): Promise<void> {
    this.#probe.close();
    await this.#session?.close();
  }

  #open(): ReplicaSession {
    const { number, connection, primary, statementMilliseconds } = this.#options;
    const session = openReplicaSession({
      name: `replica ${number}.${++this.#sessions}`,
      connection,
      primary,
      statementMilliseconds,
      onFault: (error) => {
        if (this.#session === session) this.#fail(error);
      },
    });
    return session;
  }

  #fail(error: Error): void {
    const session = this.#session;
    this.#session = null;
    this.#probe.close();
    this.#settle(`it does not answer: ${error.message}`);
    session?.end();
  }

  #settle(reason: string | null): void {
    if (reason === this.#reason) return;
    this.#reason = reason;
    this.#options.onChange?.(this.status());
  }
}

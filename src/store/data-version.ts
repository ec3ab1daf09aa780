import type { ReadServer } from "./read-server.ts";

/**
 * Identifies the data that a response was computed from: PostgreSQL's name for what is visible on one server, and the
 * version of the citation graph in memory. Equal versions mean equal data, whichever process wrote it: nothing has to
 * be reported, and no change can be missed. Every cache of rows or responses is keyed by it.
 */
export class DataVersion {
  readonly #server: Pick<ReadServer, "versionDatabase" | "versionStatement">;
  readonly #graphVersion: () => string | null;
  #running: Promise<string> | null = null;
  #next: Promise<string> | null = null;
  #last: { readonly version: string; readonly readAt: number } | null = null;
  #graphPosition = 0n;

  /** `graphVersion` returns null while the graph is read from the tables. */
  constructor(
    server: Pick<ReadServer, "versionDatabase" | "versionStatement">,
    graphVersion: () => string | null,
  ) {
    this.#server = server;
    this.#graphVersion = graphVersion;
  }

  /** The version last read; null if none has been. */
  get last(): string | null {
    return this.#last?.version ?? null;
  }

  /** The end of the graph's feed when the version was last read, or later. */
  get graphPosition(): bigint {
    return this.#graphPosition;
  }

  /** The version now, read after this call. Concurrent callers share the next statement, so only one runs at a time. */
  read(): Promise<string> {
    if (this.#running === null) {
      this.#running = this.#query();
      return this.#running;
    }
    this.#next ??= this.#running.then(
      () => this.#queryNext(),
      () => this.#queryNext(),
    );
    return this.#next;
  }

  /** Refreshes `last` in the background if it is older than this many milliseconds. */
  refresh(milliseconds: number): void {
    if (this.#last !== null && performance.now() - this.#last.readAt < milliseconds) return;
    if (this.#running === null) this.read().catch(() => {});
  }

  #queryNext(): Promise<string> {
    this.#next = null;
    this.#running = this.#query();
    return this.#running;
  }

  async #query(): Promise<string> {
    try {
      const { versionDatabase, versionStatement } = this.#server;
      const { rows } = await versionDatabase.pool.query<{ snapshot: string; graph_position: string | null }>(
        versionStatement,
      );
      this.#graphPosition = BigInt(rows[0]?.graph_position ?? 0);
      const version = `${rows[0]?.snapshot}/${this.#graphVersion() ?? "sql"}`;
      this.#last = { version, readAt: performance.now() };
      return version;
    } finally {
      this.#running = null;
    }
  }
}

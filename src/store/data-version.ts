import type { ReadServer } from "./replicas/index.ts";

/**
 * Which data an answer is of: PostgreSQL's own name for what is visible on one server, and the version of the citation
 * graph in memory. Two answers at the same version were made of the same data, whoever wrote it, in whatever process:
 * nothing has to be reported, and nothing can be missed. Every cache of rows or answers is keyed by it.
 */
export class DataVersion {
  readonly #server: Pick<ReadServer, "versions" | "versionStatement">;
  readonly #graphVersion: () => string | null;
  #running: Promise<string> | null = null;
  #next: Promise<string> | null = null;
  #last: { readonly version: string; readonly readAt: number } | null = null;

  /** `graphVersion` is null while the graph is read from the tables. */
  constructor(server: Pick<ReadServer, "versions" | "versionStatement">, graphVersion: () => string | null) {
    this.#server = server;
    this.#graphVersion = graphVersion;
  }

  /** A version that was read before; null where none has been. */
  get last(): string | null {
    return this.#last?.version ?? null;
  }

  /**
   * The version now: read after this was called. Those who ask meanwhile share the next statement, so there is one
   * at a time, however many ask.
   */
  read(): Promise<string> {
    if (this.#running === null) {
      this.#running = this.#ask();
      return this.#running;
    }
    this.#next ??= this.#running.then(
      () => this.#askNext(),
      () => this.#askNext(),
    );
    return this.#next;
  }

  /** Sees to it that `last` is not older than so many milliseconds, some time from now. */
  refresh(milliseconds: number): void {
    if (this.#last !== null && performance.now() - this.#last.readAt < milliseconds) return;
    if (this.#running === null) this.read().catch(() => {});
  }

  #askNext(): Promise<string> {
    this.#next = null;
    this.#running = this.#ask();
    return this.#running;
  }

  async #ask(): Promise<string> {
    try {
      const { versions, versionStatement } = this.#server;
      const { rows } = await versions.pool.query<{ snapshot: string }>(versionStatement);
      const version = `${rows[0]?.snapshot}/${this.#graphVersion() ?? "sql"}`;
      this.#last = { version, readAt: performance.now() };
      return version;
    } finally {
      this.#running = null;
    }
  }
}

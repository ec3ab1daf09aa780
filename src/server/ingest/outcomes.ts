import { readSubmissions, type SubmissionRow } from "../../api/index.ts";
import type { Database } from "../../store/index.ts";
import { type Listening, listen } from "../../store/index.ts";
import { finishedChannel } from "../../submissions/index.ts";

/** Milliseconds between look-ups of expected submissions: notifications may be lost with a connection. */
const lookUpEvery = 1_000;

/** Reports when submissions are finished. Uses one of the pool's connections from its first use on. */
export class Outcomes {
  readonly #database: Database;
  readonly #expected = new Map<string, (row: SubmissionRow) => void>();
  #listening: Listening | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Ids of notifications that arrived during a look-up. */
  #told = new Set<string>();
  #isLooking = false;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Resolves once the submission is finished. Call it before the submission is in the queue, and `forget` it later. */
  expect(id: string): Promise<SubmissionRow> {
    this.#listening ??= listen(this.#database.pool, {
      channel: finishedChannel,
      onNotice: (payload) => this.#lookUp(payload.split(" ")),
      onListening: () => this.#lookUp(this.#expected.keys()),
    });
    this.#timer ??= setInterval(() => this.#lookUp(this.#expected.keys()), lookUpEvery).unref();
    return new Promise((resolve) => this.#expected.set(id, resolve));
  }

  /** Stops waiting for it. */
  forget(id: string): void {
    this.#expected.delete(id);
    if (this.#expected.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#listening?.close();
  }

  #lookUp(ids: Iterable<string>): void {
    for (const id of ids) if (this.#expected.has(id)) this.#told.add(id);
    if (this.#isLooking || this.#told.size === 0) return;
    this.#isLooking = true;
    const told = [...this.#told];
    this.#told = new Set();
    readSubmissions(this.#database, told)
      .then((rows) => {
        for (const row of rows.values()) if (row.status !== "queued") this.#finish(row);
      })
      // The next look-up follows.
      .catch(() => {})
      .finally(() => {
        this.#isLooking = false;
        this.#lookUp([]);
      });
  }

  #finish(row: SubmissionRow): void {
    this.#expected.get(row.submissionId)?.(row);
    this.forget(row.submissionId);
  }
}

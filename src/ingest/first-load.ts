import {
  beginFirstLoad,
  claimFirstLoad,
  type Database,
  type FirstLoadClaim,
  type IndexProgress,
  readFirstLoad,
} from "../store/index.ts";

/** A smaller import gains nothing: its indexes are updated in less time than they are built. */
const defaultMinDocuments = 2_000;
/** The papers that a nearly empty database has at most, such as those of the sample. */
const maxStoredPapers = 2_000;

/** When a first load begins (`store/first-load.ts`), and how the progress of its indexes is reported. */
export type FirstLoadOptions = {
  /** The number of documents after which it begins. Defaults to 2,000. */
  readonly minDocuments?: number;
  /** Indexes are left out from now on. */
  readonly onBegin: () => void;
  readonly onIndex: IndexProgress;
};

/**
 * The part of an ingest that decides about a first load: it begins once many documents have been read, if the database
 * was nearly empty before; one that was interrupted is continued. Its indexes are built at the end.
 */
export class FirstLoad {
  readonly #database: Database;
  readonly #options: FirstLoadOptions;
  #state: "possible" | "impossible" | "running";
  #claim: FirstLoadClaim | null;

  private constructor(
    database: Database,
    options: FirstLoadOptions,
    { isPossible, claim }: { readonly isPossible: boolean; readonly claim: FirstLoadClaim | null },
  ) {
    this.#database = database;
    this.#options = options;
    this.#claim = claim;
    this.#state = claim !== null ? "running" : isPossible ? "possible" : "impossible";
    if (claim !== null) options.onBegin();
  }

  static async open(database: Database, options: FirstLoadOptions): Promise<FirstLoad> {
    const { pool } = database;
    // If another process has the claim, it builds the indexes.
    const claim = (await readFirstLoad(pool)) === null ? null : await claimFirstLoad(database);
    const { rows } = await pool.query<{ papers: string }>(
      "SELECT value AS papers FROM totals WHERE name = 'papers'",
    );
    const isPossible = Number(rows[0]?.papers ?? 0) <= maxStoredPapers;
    return new FirstLoad(database, options, { isPossible, claim });
  }

  /** Whether the ingest should call `begin` now that it has read this number of documents. */
  isDue(documents: number): boolean {
    return this.#state === "possible" && documents >= (this.#options.minDocuments ?? defaultMinDocuments);
  }

  /** Drops the indexes, unless others use them at this moment. No batch of this ingest may be in progress. */
  async begin(): Promise<void> {
    this.#state = "impossible";
    this.#claim = await claimFirstLoad(this.#database);
    if (this.#claim === null || !(await beginFirstLoad(this.#database))) return;
    this.#state = "running";
    this.#options.onBegin();
  }

  /** Builds the indexes. Rejects with the signal's reason if it is aborted; the next ingest or server continues. */
  async finish(signal: AbortSignal | undefined): Promise<void> {
    if (this.#state === "running") await this.#claim?.finish(this.#options.onIndex, signal);
  }

  close(): void {
    this.#claim?.release();
  }
}

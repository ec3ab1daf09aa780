import { type Proof, parsePaperRef } from "../protocol/index.ts";
import type { Database } from "../store/index.ts";
import { type FetchFailure, MirrorError } from "./fetch-error.ts";

/** A paper that could not be fetched yet. Instants are in ISO format. */
export type OutstandingPaper = {
  /** A Pith number, or only a suffix if the list had no more. */
  readonly paper: string;
  readonly code: string;
  readonly message: string;
  /** The minimum proof of the sync that last failed to fetch it. */
  readonly minimumProof: Proof;
  /** Consecutive failed attempts, and how many of the last were repeatable answers. */
  readonly attempts: number;
  readonly answers: number;
  readonly failedSince: string;
  readonly nextAttemptAt: string;
};

/** A paper in a mirror's list of outstanding papers. */
export type OutstandingOfMirror = OutstandingPaper & { readonly baseUrl: string };

/** The maximum number of outstanding papers per mirror. A sync that would exceed it stops. */
export const maxOutstanding = 10_000;

/** Milliseconds before the first retry, doubled after each, and the maximum. */
const firstDelay = 15_000;
const maxDelay = 3_600_000;
/** Milliseconds: the upper bound of a Retry-After. */
export const maxRetryAfter = 86_400_000;

/** A 404 may come from a proxy, and a body may be truncated: an answer is definite after this many in succession. */
const definiteAnswers = 3;

/**
 * The paper's next entry after a failure, or null if the mirror's answer is definite. `random` is from 0 to 1; `now` is
 * in milliseconds.
 */
export function afterFailure(
  before: OutstandingPaper | undefined,
  { paper, failure, minimumProof }: FailedPaper,
  now: number,
  random = Math.random(),
): OutstandingPaper | null {
  const attempts = (before?.attempts ?? 0) + 1;
  const answers = failure.isAnswer ? (before?.answers ?? 0) + 1 : 0;
  if (answers >= definiteAnswers) return null;
  const backOff = Math.min(maxDelay, firstDelay * 2 ** Math.min(attempts - 1, 20)) * (0.75 + random / 2);
  const delay = Math.max(backOff, Math.min(failure.retryAfter ?? 0, maxRetryAfter));
  return {
    paper,
    code: failure.code,
    message: failure.message,
    minimumProof,
    attempts,
    answers,
    failedSince: before?.failedSince ?? new Date(now).toISOString(),
    nextAttemptAt: new Date(now + delay).toISOString(),
  };
}

type FailedPaper = {
  readonly paper: string;
  readonly failure: FetchFailure;
  readonly minimumProof: Proof;
};

/** The outstanding papers of one mirror: the rows of the table, cached in memory. */
export class OutstandingPapers {
  readonly #database: Database;
  readonly #baseUrl: string;
  #papers = new Map<string, OutstandingPaper>();

  constructor(database: Database, baseUrl: string) {
    this.#database = database;
    this.#baseUrl = baseUrl;
  }

  async read(): Promise<void> {
    const rows = await readOutstanding(this.#database, this.#baseUrl);
    this.#papers = new Map(rows.map((row) => [row.paper, row]));
  }

  get(paper: string): OutstandingPaper | undefined {
    return this.#papers.get(paper);
  }

  get size(): number {
    return this.#papers.size;
  }

  /** Sorted by the time of the next attempt. */
  list(): OutstandingPaper[] {
    return [...this.#papers.values()].sort((a, b) => (a.nextAttemptAt < b.nextAttemptAt ? -1 : 1));
  }

  /** Removes papers that are done and stores failed ones. Must be called before the cursor passes any of them. */
  async update(done: readonly string[], failed: readonly OutstandingPaper[]): Promise<void> {
    const gone = done.filter((paper) => this.#papers.has(paper));
    if (gone.length > 0) {
      await this.#database.pool.query(
        "DELETE FROM outstanding_papers WHERE base_url = $1 AND paper = ANY($2::text[])",
        [this.#baseUrl, gone],
      );
      for (const paper of gone) this.#papers.delete(paper);
    }
    if (failed.length === 0) return;
    await this.#database.pool.query(
      `INSERT INTO outstanding_papers (base_url, ${columns.join(", ")})
       SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::proof[], $6::int[], $7::int[],
         $8::timestamptz[], $9::timestamptz[])
       ON CONFLICT (base_url, paper) DO UPDATE SET (${columns.join(", ")}) =
         (${columns.map((column) => `excluded.${column}`).join(", ")})`,
      [
        this.#baseUrl,
        failed.map(({ paper }) => paper),
        failed.map(({ code }) => code),
        failed.map(({ message }) => message),
        failed.map(({ minimumProof }) => minimumProof),
        failed.map(({ attempts }) => attempts),
        failed.map(({ answers }) => answers),
        failed.map(({ failedSince }) => failedSince),
        failed.map(({ nextAttemptAt }) => nextAttemptAt),
      ],
    );
    for (const paper of failed) this.#papers.set(paper.paper, paper);
  }
}

const columns = [
  "paper",
  "code",
  "message",
  "minimum_proof",
  "attempts",
  "answers",
  "failed_since",
  "next_attempt_at",
];

/** The outstanding papers of one mirror or of all, sorted by the time of the next attempt. */
export async function readOutstanding(
  { pool }: Database,
  baseUrl: string | null = null,
): Promise<OutstandingOfMirror[]> {
  const { rows } = await pool.query<OutstandingOfMirror>(
    `SELECT base_url AS "baseUrl", paper, code, message, minimum_proof AS "minimumProof", attempts, answers,
       to_char(failed_since AT TIME ZONE 'UTC', '${isoFormat}') AS "failedSince",
       to_char(next_attempt_at AT TIME ZONE 'UTC', '${isoFormat}') AS "nextAttemptAt"
     FROM outstanding_papers WHERE $1::text IS NULL OR base_url = $1 ORDER BY next_attempt_at, paper`,
    [baseUrl],
  );
  return rows;
}

const isoFormat = 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"';

// ---- Lists of papers

/** A paper to fetch: its suffix, or the beginning of one, and its year if known. */
export type ListedNumber = { readonly suffix: string; readonly year: string | null };

/**
 * Reads a list of Pith numbers or suffixes, complete or abbreviated, one per line. Skips empty lines and lines that
 * begin with #. Throws MirrorError with the line number if a line is neither.
 */
export function readNumbers(text: string): ListedNumber[] {
  const numbers: ListedNumber[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const ref = line.trim();
    if (ref === "" || ref.startsWith("#")) continue;
    const number = readNumber(ref);
    if (number === null) {
      throw new MirrorError(`Line ${index + 1} of the list is not a Pith number: ${ref.slice(0, 100)}`);
    }
    numbers.push(number);
  }
  return numbers;
}

/** Reads a Pith number or a suffix, complete or abbreviated; null for anything else. */
function readNumber(ref: string): ListedNumber | null {
  const parsed = parsePaperRef(ref);
  return parsed?.kind === "pith" ? { suffix: parsed.suffix, year: parsed.year } : null;
}

/** The name of a paper from a list or feed as stored in the table. */
export function paperText({ suffix, year }: ListedNumber): string {
  return year === null ? suffix : `pith:${year}:${suffix}`;
}

export function listedNumberOf({ paper }: OutstandingPaper): ListedNumber {
  const number = readNumber(paper);
  if (number === null) throw new Error(`outstanding_papers has no Pith number: ${paper}`);
  return number;
}

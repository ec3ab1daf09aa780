import { setMaxListeners } from "node:events";
import { ingestBatch } from "../ingest/index.ts";
import { cryptography } from "../protocol/index.ts";
import { type Database, readFeedHead } from "../store/index.ts";
import { compareStates } from "./compare.ts";
import {
  ConsecutiveCursor,
  deleteCursor,
  type ListedPaper,
  type MirrorPosition,
  markUntrusted,
  papersOfFeed,
  papersOfList,
  readCursor,
  storeCursor,
} from "./cursor.ts";
import { type FetchFailure, type FetchResult, MirrorError } from "./fetch-error.ts";
import {
  afterFailure,
  listedNumberOf,
  maxOutstanding,
  type OutstandingPaper,
  OutstandingPapers,
  paperText,
} from "./outstanding.ts";
import { type DocumentAddresses, RemoteMirror } from "./remote-mirror.ts";
import { FailureStreak } from "./retry.ts";
import {
  countResult,
  emptySummary,
  isMatterOfTrust,
  type SyncOptions,
  type SyncSummary,
  trustHash,
} from "./sync-options.ts";

/**
 * Follows a mirror to the end of its feed, or fetches a list of papers: fetches each paper's bundle, verifies it with
 * the local keyring and stores it. A paper that cannot be fetched is recorded in `outstanding_papers` and fetched again
 * after the feed and by every later sync. Rejected documents go to quarantine with the reason and do not stop the sync.
 * The cursor advances without gaps, only past papers that are committed or recorded: whenever a sync is killed, the
 * next one resumes where it stopped.
 *
 * Throws MirrorError if the mirror as a whole does not answer or does not behave like a mirror. Throws database errors.
 */
export async function syncMirror(database: Database, options: SyncOptions): Promise<SyncSummary> {
  return new Sync(database, options).run();
}

type Papers = AsyncGenerator<ListedPaper, string | null>;

class Sync {
  readonly #database: Database;
  readonly #options: SyncOptions;
  readonly #key: string;
  readonly #mirror: RemoteMirror;
  readonly #outstanding: OutstandingPapers;
  readonly #cursor = new ConsecutiveCursor<MirrorPosition>();
  readonly #stop = new AbortController();
  readonly #summary = emptySummary();
  readonly #trust: string;
  #hasUntrusted = false;
  /** The current position of the cursor. */
  #at: MirrorPosition = { position: 0n, checksum: null };
  /** Whether the cursor, or the data stored with it, has to be stored. */
  #isMoved = false;
  /** The checksum at the end of the mirror's feed, once reached. */
  #theirs: string | null = null;
  /** Papers for which the mirror gave an answer in this run that must repeat in another run to be definite. */
  readonly #repeatable = new Set<string>();

  constructor(database: Database, options: SyncOptions) {
    this.#database = database;
    this.#options = options;
    this.#key = keyOf(options);
    this.#mirror = new RemoteMirror(options, this.#stop.signal);
    this.#outstanding = new OutstandingPapers(database, options.baseUrl);
    this.#trust = trustHash(options);
    setMaxListeners(0, this.#stop.signal);
  }

  async run(): Promise<SyncSummary> {
    const { signal, retryOnly = false } = this.#options;
    const stop = () => this.#stop.abort();
    signal?.addEventListener("abort", stop);
    if (signal?.aborted) stop();
    try {
      await this.#outstanding.read();
      await this.#begin();
      const addresses = await this.#mirror.addresses();
      if (!retryOnly) await this.#fetchAll(this.#papers(), addresses, true);
      await this.#fetchAll(this.#outstandingPapers(), addresses, false);
      if (!retryOnly) await this.#end();
    } catch (error) {
      // A caller that aborts gets the summary so far, not an abort error.
      if (!signal?.aborted || !isAbort(error)) throw error;
    } finally {
      signal?.removeEventListener("abort", stop);
      this.#summary.outstanding = this.#outstanding.list();
    }
    return this.#summary;
  }

  /** Determines the start: the stored cursor, or the beginning if documents rejected before might be accepted now. */
  async #begin(): Promise<void> {
    const { fromStart, retryOnly, onNotice } = this.#options;
    const followed = fromStart || retryOnly ? null : await readCursor(this.#database, this.#key);
    if (followed === null) return;
    const { trust, hasUntrusted, position, checksum } = followed;
    if (trust !== this.#trust && hasUntrusted) {
      onNotice?.(
        "The keyring or the minimum proof has changed since events of this mirror were rejected: starting again from the " +
          "beginning of its feed.",
      );
    } else {
      this.#hasUntrusted = hasUntrusted;
      this.#at = { position, checksum };
      this.#summary.position = position;
    }
  }

  #papers(): Papers {
    const { numbers, onNotice } = this.#options;
    if (numbers !== undefined) return papersOfList(numbers, this.#at, this.#cursor);
    return papersOfFeed(this.#mirror, this.#at, this.#cursor, onNotice);
  }

  /** Outstanding papers, including those of this run; with `retryOutstanding: "due"`, only those that are due. */
  async *#outstandingPapers(): Papers {
    const { retryOutstanding = "all" } = this.#options;
    const now = new Date().toISOString();
    for (const outstanding of this.#outstanding.list()) {
      if (this.#repeatable.has(outstanding.paper)) continue;
      if (retryOutstanding === "due" && outstanding.nextAttemptAt > now) continue;
      yield { number: listedNumberOf(outstanding), completions: [] };
    }
    return null;
  }

  /**
   * Fetches papers in parallel and stores them. Stops after too many consecutive failures: with a MirrorError if
   * `isFeed`, because the rest of the feed would fail, too; otherwise the rest waits for the next sync.
   */
  async #fetchAll(papers: Papers, addresses: DocumentAddresses, isFeed: boolean): Promise<void> {
    const { concurrency = 4 } = this.#options;
    const writer = new BatchWriter((batch) => this.#ingestBatch(batch));
    const streak = new FailureStreak();
    let failure: { readonly error: unknown } | undefined;
    const fetchEach = async () => {
      while (!this.#stop.signal.aborted) {
        const next = await papers.next();
        if (next.done) {
          // Only the first fetcher to reach the end receives the generator's return value.
          this.#theirs ??= next.value ?? null;
          return;
        }
        const { number, completions } = next.value;
        const fetched = await this.#mirror.fetchPaper(addresses, number);
        const complete = () => this.#complete(completions);
        await writer.add({ ...fetched, paper: paperText(number), complete });
        const isBroken = streak.count(fetched.failure?.isAnswer === false);
        if (isBroken && !isFeed) await papers.return(null);
        else if (isBroken) throw this.#broken(fetched.failure);
      }
    };
    // The first failure stops the others. All are awaited, and fetched documents are stored.
    const fetchers = Array.from({ length: concurrency }, () =>
      fetchEach().catch((error: unknown) => {
        failure ??= { error };
        this.#stop.abort();
      }),
    );
    await Promise.all(fetchers);
    await writer.finish();
    if (failure !== undefined) throw failure.error;
  }

  #broken(failure: FetchFailure | null): MirrorError {
    return new MirrorError(
      `${this.#options.baseUrl} failed to deliver many papers in a row. Last error: ${failure?.message} The papers are ` +
        "outstanding. Run the command again later to continue.",
    );
  }

  #complete(completions: readonly (() => MirrorPosition | null)[]): void {
    for (const complete of completions) {
      const at = complete();
      if (at === null) continue;
      this.#at = at;
      this.#isMoved = true;
    }
  }

  async #ingestBatch(batch: readonly FetchedPaper[]): Promise<void> {
    const { threads, onBatch, onRejection } = this.#options;
    const failed = this.#failed(batch);
    const arrived = batch.filter(({ paper, failure }) => failure === null || !failed.has(paper));
    const documents = arrived.map(({ document }) => document);
    const results =
      documents.length === 0
        ? []
        : await (threads?.ingestBatch(documents) ?? ingestBatch(this.#database, documents, this.#options));
    const papers = arrived.map(({ paper }) => paper);
    await this.#outstanding.update(papers, [...failed.values()]);
    // Committed: only now may the cursor pass them. If killed before it is stored, the next sync fetches them again.
    for (const { complete } of batch) complete();
    for (const { refused } of results) {
      if (this.#hasUntrusted || !refused.some(({ reason }) => isMatterOfTrust(reason))) continue;
      this.#hasUntrusted = true;
      this.#isMoved = true;
    }
    await this.#store();
    for (const result of results) if (countResult(this.#summary, result)) onRejection?.(result);
    onBatch?.(this.#summary);
  }

  /** The failed papers, except those for which the mirror's answer is definite. */
  #failed(batch: readonly FetchedPaper[]): Map<string, OutstandingPaper> {
    const { minimumProof, onFailure } = this.#options;
    const failed = new Map<string, OutstandingPaper>();
    for (const { paper, failure, document } of batch) {
      if (failure === null) continue;
      const before = this.#outstanding.get(paper);
      const after = afterFailure(before, { paper, failure, minimumProof }, Date.now());
      if (after === null) continue;
      if (before === undefined && this.#outstanding.size + failed.size >= maxOutstanding) {
        throw new MirrorError(
          `${this.#options.baseUrl} has not delivered ${maxOutstanding} papers, the maximum of outstanding papers. Nothing ` +
            "more is fetched until it delivers some of them.",
        );
      }
      if (failure.isAnswer) this.#repeatable.add(paper);
      failed.set(paper, after);
      this.#summary.failures++;
      onFailure?.({ source: document.source, ...after });
    }
    return failed;
  }

  async #store(): Promise<void> {
    if (!this.#isMoved) return;
    if (this.#options.retryOnly) return markUntrusted(this.#database, this.#key);
    const trusted = { trust: this.#trust, hasUntrusted: this.#hasUntrusted };
    await storeCursor(this.#database, this.#key, { ...this.#at, ...trusted });
    this.#summary.position = this.#at.position;
    this.#isMoved = false;
  }

  async #end(): Promise<void> {
    if (this.#options.signal?.aborted) return;
    if (this.#options.numbers !== undefined) return deleteCursor(this.#database, this.#key);
    const { checksum: mine } = await readFeedHead(this.#database.db);
    const theirs = this.#theirs;
    if (theirs === null) return;
    const isEqual = mine === theirs;
    const isCompared = !isEqual && this.#options.explainsDifference === true;
    const difference = isCompared
      ? await compareStates(this.#database, this.#mirror, this.#outstanding.list(), this.#at.position)
      : null;
    this.#summary.comparison = { isEqual, mine, theirs, difference };
  }
}

/** The key of the stored cursor: the mirror, and the list if one is followed. */
function keyOf({ baseUrl, numbers }: SyncOptions): string {
  if (numbers === undefined) return baseUrl;
  const list = numbers.map(({ suffix, year }) => `${year ?? ""}:${suffix}`).join("\n");
  return `${baseUrl} numbers ${cryptography.sha256Text(list)}`;
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

/** A fetched document, or why there is none; `complete` is called once its result is committed. */
export type FetchedPaper = FetchResult & {
  /** The paper's name in `outstanding_papers`. */
  readonly paper: string;
  readonly complete: () => void;
};

/** A batch contains the documents that arrived while the previous one was written, up to these limits. */
const maxBatchDocuments = 500;
const maxBatchBytes = 16_000_000;

/**
 * Collects documents from concurrent fetches and writes them in batches. An idle writer writes at once, so a slow
 * document does not delay others. Adding waits while the writer is full.
 */
export class BatchWriter {
  readonly #write: (batch: readonly FetchedPaper[]) => Promise<void>;
  #waiting: FetchedPaper[] = [];
  #bytes = 0;
  #writing: Promise<void> | null = null;
  #hasFailed = false;

  /** `write` resolves once a batch is committed. */
  constructor(write: (batch: readonly FetchedPaper[]) => Promise<void>) {
    this.#write = write;
  }

  /** Resolves when another document may be added; rejects after a failed write. */
  async add(fetched: FetchedPaper): Promise<void> {
    this.#waiting.push(fetched);
    this.#bytes += "bytes" in fetched.document ? fetched.document.bytes.length : 0;
    const writing = this.#start();
    if (this.#hasFailed) await writing;
    while (this.#waiting.length >= maxBatchDocuments || this.#bytes >= maxBatchBytes) await this.#start();
  }

  /** Resolves once all documents added are committed. */
  async finish(): Promise<void> {
    while (this.#writing !== null || this.#waiting.length > 0) await this.#start();
  }

  #start(): Promise<void> {
    if (this.#writing === null) {
      this.#writing = this.#run();
      // Waiting callers see the failure; otherwise the next call of `add` or `finish` does.
      this.#writing.catch(() => {});
    }
    return this.#writing;
  }

  async #run(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    this.#bytes = 0;
    try {
      await this.#write(batch);
    } catch (error) {
      // The promise stays rejected: nothing more is written.
      this.#hasFailed = true;
      throw error;
    }
    this.#writing = null;
    if (this.#waiting.length > 0) this.#start();
  }
}

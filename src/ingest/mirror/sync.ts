import { setMaxListeners } from "node:events";
import { cryptography } from "../../protocol/index.ts";
import { feedHead } from "../../store/feed.ts";
import type { Database } from "../../store/index.ts";
import { takeIn } from "../take-in.ts";
import { ConsecutiveCursor } from "./consecutive-cursor.ts";
import type { DocumentAddresses } from "./document-addresses.ts";
import { type Followed, forgetFollowed, readFollowed, storeFollowed } from "./followed.ts";
import { type Fetched, Intake } from "./intake.ts";
import { type ListedPaper, papersOfFeed, papersOfList } from "./listed-papers.ts";
import { RemoteMirror } from "./remote-mirror.ts";
import type { SyncOptions, SyncSummary } from "./sync-options.ts";
import { countResult, emptySummary } from "./sync-tally.ts";

/**
 * Follows a mirror to the end of its feed, or along a list of numbers: fetches each paper's bundle and takes it in by
 * our own keyring. What cannot be had, or is refused, is in quarantine with its reason and stops nothing else. The
 * cursor moves over what is committed only, and without gaps: stopped or killed at any moment, the next sync goes on
 * where this one left off.
 *
 * Throws MirrorError where the mirror as a whole does not answer, or not as one; what the database throws.
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
  readonly #cursor = new ConsecutiveCursor<Followed>();
  readonly #stop = new AbortController();
  readonly #summary = emptySummary();
  /** Where the cursor stands, until that is stored. */
  #passed: Followed | null = null;
  /** The checksum at the end of the mirror's feed, once it is reached. */
  #theirs: string | null = null;

  constructor(database: Database, options: SyncOptions) {
    this.#database = database;
    this.#options = options;
    this.#key = keyOf(options);
    this.#mirror = new RemoteMirror(options, this.#stop.signal);
    setMaxListeners(0, this.#stop.signal);
  }

  async run(): Promise<SyncSummary> {
    const { signal, concurrency = 4 } = this.#options;
    const stop = () => this.#stop.abort();
    signal?.addEventListener("abort", stop);
    if (signal?.aborted) stop();
    const intake = new Intake((batch) => this.#takeIn(batch));
    try {
      const start = await this.#begin();
      const addresses = await this.#mirror.addresses();
      const papers = this.#papers(start);
      const fetching = Array.from({ length: concurrency }, () => this.#fetchEach(papers, addresses, intake));
      let failure: { readonly error: unknown } | undefined;
      // The first failure stops the others; each is waited for, and what was fetched is taken in.
      const settled = fetching.map((each) =>
        each.catch((error: unknown) => {
          failure ??= { error };
          stop();
        }),
      );
      await Promise.all(settled);
      await intake.finish();
      if (failure !== undefined) throw failure.error;
      await this.#end();
    } catch (error) {
      // Whoever asked to stop gets what was done, not that it was stopped.
      if (!signal?.aborted || !isAbort(error)) throw error;
    } finally {
      signal?.removeEventListener("abort", stop);
    }
    return this.#summary;
  }

  async #begin(): Promise<Followed> {
    const held = this.#options.fromStart ? null : await readFollowed(this.#database, this.#key);
    const start = held ?? { position: 0n, checksum: null };
    this.#summary.position = start.position;
    return start;
  }

  #papers(start: Followed): Papers {
    const { numbers, onNotice } = this.#options;
    if (numbers !== undefined) return papersOfList(numbers, start, this.#cursor);
    return papersOfFeed(this.#mirror, start, this.#cursor, onNotice);
  }

  async #fetchEach(papers: Papers, addresses: DocumentAddresses, intake: Intake): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const next = await papers.next();
      if (next.done) {
        // Only the first to come to the end is told what stands there.
        this.#theirs ??= next.value ?? null;
        return;
      }
      const { wanted, completions } = next.value;
      const delivered = await this.#mirror.deliver(addresses, wanted);
      await intake.add({ delivered, complete: () => this.#complete(completions) });
    }
  }

  #complete(completions: readonly (() => Followed | null)[]): void {
    for (const complete of completions) this.#passed = complete() ?? this.#passed;
  }

  async #takeIn(batch: readonly Fetched[]): Promise<void> {
    const { threads, onBatch, onRefusal } = this.#options;
    const deliveries = batch.map(({ delivered }) => delivered);
    const results = await (threads?.takeIn(deliveries) ?? takeIn(this.#database, deliveries, this.#options));
    // Committed. Only now may the cursor pass them; killed before it is stored, they are fetched again.
    for (const { complete } of batch) complete();
    if (this.#passed !== null) {
      await storeFollowed(this.#database, this.#key, this.#passed);
      this.#summary.position = this.#passed.position;
      this.#passed = null;
    }
    for (const result of results) if (countResult(this.#summary, result)) onRefusal?.(result);
    onBatch?.(this.#summary);
  }

  async #end(): Promise<void> {
    if (this.#options.signal?.aborted) return;
    if (this.#options.numbers !== undefined) return forgetFollowed(this.#database, this.#key);
    const { checksum: mine } = await feedHead(this.#database.db);
    const theirs = this.#theirs;
    if (theirs !== null) this.#summary.comparison = { isEqual: mine === theirs, mine, theirs };
  }
}

/** What the cursor is kept under: the mirror, and the list where one is followed. */
function keyOf({ baseUrl, numbers }: SyncOptions): string {
  if (numbers === undefined) return baseUrl;
  const list = numbers.map(({ suffix, year }) => `${year ?? ""}:${suffix}`).join("\n");
  return `${baseUrl} numbers ${cryptography.sha256Text(list)}`;
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

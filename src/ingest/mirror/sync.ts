import { setMaxListeners } from "node:events";
import {
  cryptography,
  DocumentError,
  isJsonObject,
  isPithNumber,
  type PithNumber,
  parseJson,
  suffixOf,
} from "../../protocol/index.ts";
import { feedHead } from "../../store/feed.ts";
import type { Database } from "../../store/index.ts";
import type { DoorOptions } from "../arrival.ts";
import type { IngestSummary } from "../ingest.ts";
import type { Delivered } from "../sources/files.ts";
import { type DocumentResult, takeIn } from "../take-in.ts";
import type { IngestThreads } from "../threads/ingest-threads.ts";
import { ConsecutiveCursor } from "./consecutive-cursor.ts";
import { type DocumentAddresses, manifestAddresses, routeAddresses } from "./document-addresses.ts";
import { FetchError, MirrorError } from "./fetch-error.ts";
import type { Fetcher } from "./fetcher.ts";
import { type Followed, forgetFollowed, readFollowed, storeFollowed } from "./followed.ts";
import { type Fetched, Intake } from "./intake.ts";
import type { ListedNumber } from "./listed-numbers.ts";
import { type RemoteFeedPage, readFeedPage } from "./remote-feed.ts";
import { type RetryOptions, withRetries } from "./retry.ts";
import type { UrlPolicy } from "./url-policy.ts";

export type SyncOptions = DoorOptions & {
  /** As `readBaseUrl` gives it. */
  readonly baseUrl: string;
  readonly fetcher: Fetcher;
  readonly policy: UrlPolicy;
  /** Documents that are fetched side by side; 4 unless told. */
  readonly concurrency?: number;
  /** Where documents are verified and written, so that fetching goes on meanwhile; in this thread unless given. */
  readonly threads?: IngestThreads;
  readonly retry?: RetryOptions;
  /** Whether the manifest says where bundles are: `required`, `tried` (the routes serve where it does not), `unused`. */
  readonly manifest?: "required" | "tried" | "unused";
  /** These papers instead of what the feed lists. */
  readonly numbers?: readonly ListedNumber[];
  /** Begins anew, whatever was followed before. */
  readonly fromStart?: boolean;
  /** Ends the sync in order: what was fetched is taken in, and the cursor stored. */
  readonly signal?: AbortSignal;
  /** Called after each committed batch. */
  readonly onBatch?: (summary: SyncSummary) => void;
  /** Called for each document that was refused, or let in without some of its events. */
  readonly onRefusal?: (result: DocumentResult) => void;
  /** Told what a person should know besides. */
  readonly onNotice?: (line: string) => void;
};

export type SyncSummary = IngestSummary & {
  /** Where the cursor stands in the mirror's feed (in the list of numbers: the line of those that count). */
  position: bigint;
  /** Copies of events that are no trusted signer's words though they claim to be: altered, or wrongly signed. */
  forgedEvents: number;
  /** Both checksums once the feed's end was reached; null where it was not, or a list was followed. */
  comparison: { readonly isEqual: boolean; readonly mine: string; readonly theirs: string } | null;
};

export const defaultRetry: RetryOptions = { attempts: 5, baseDelay: 500, maximumDelay: 30_000 };

const pageLimit = 500;
/** Bytes of a page of the feed, or of a manifest. */
const largestPage = 4_000_000;

/** Reads a mirror's address as a person gives it: http(s), without query. Throws MirrorError. */
export function readBaseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== "" || url.hash !== "") {
    throw new MirrorError(
      `${JSON.stringify(text)} is no address of a mirror: write https://mirror.example.org`,
    );
  }
  return url.href.replace(/\/+$/, "");
}

/** A paper to be fetched, and what it completes. */
type Task = { readonly wanted: ListedNumber; readonly completions: readonly (() => Followed | null)[] };

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

class Sync {
  readonly #database: Database;
  readonly #options: SyncOptions;
  readonly #key: string;
  readonly #cursor = new ConsecutiveCursor<Followed>();
  readonly #stop = new AbortController();
  readonly #summary: SyncSummary = {
    documents: 0,
    merged: 0,
    unchanged: 0,
    rejected: new Map(),
    refusedEvents: new Map(),
    position: 0n,
    forgedEvents: 0,
    comparison: null,
  };
  /** The checksum at the end of the mirror's feed, once it is reached. */
  #theirs: string | null = null;

  constructor(database: Database, options: SyncOptions) {
    this.#database = database;
    this.#options = options;
    this.#key = keyOf(options);
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
      const addresses = await this.#documentAddresses();
      const tasks = this.#options.numbers === undefined ? this.#followFeed(start) : this.#followList(start);
      const fetching = Array.from({ length: concurrency }, () => this.#fetchEach(tasks, addresses, intake));
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

  async #end(): Promise<void> {
    if (this.#options.signal?.aborted) return;
    if (this.#options.numbers !== undefined) return forgetFollowed(this.#database, this.#key);
    const { checksum: mine } = await feedHead(this.#database.db);
    const theirs = this.#theirs;
    if (theirs !== null) this.#summary.comparison = { isEqual: mine === theirs, mine, theirs };
  }

  async #documentAddresses(): Promise<DocumentAddresses> {
    const { baseUrl, manifest = "tried", policy } = this.#options;
    if (manifest === "unused") return routeAddresses(baseUrl);
    let addresses: DocumentAddresses | null = null;
    try {
      addresses = manifestAddresses(
        await this.#fetch(`${baseUrl}/pith-mirrors.json`, largestPage),
        baseUrl,
        policy,
      );
    } catch (error) {
      if (!(error instanceof FetchError)) throw error;
      if (error.status === undefined && error.code !== "TOO_LARGE") throw unreachable(baseUrl, error);
    }
    if (addresses === null && manifest === "required") {
      throw new MirrorError(`${baseUrl}/pith-mirrors.json names no place for bundles on this host.`);
    }
    return addresses ?? routeAddresses(baseUrl);
  }

  async *#followFeed(start: Followed): AsyncGenerator<Task> {
    const { onNotice } = this.#options;
    let after = start;
    let isAnew = false;
    for (;;) {
      const page = await this.#feedPage(after.position);
      // Its past is another than the one that was followed: what was listed before tells nothing of it.
      if (after.checksum !== null && page.checksumAfter !== after.checksum) {
        if (isAnew)
          throw new MirrorError(`${this.#options.baseUrl}/feed contradicts itself from page to page.`);
        isAnew = true;
        onNotice?.(
          `The mirror's feed is no longer the one that was followed to ${after.position}: from its start.`,
        );
        after = { position: 0n, checksum: null };
        continue;
      }
      yield* this.#tasksOf(page);
      const last = page.changes.at(-1);
      if (last !== undefined) after = last;
      if (last === undefined || last.position >= page.head.position) {
        this.#theirs = page.head.checksum;
        return;
      }
    }
  }

  /** A paper that changed several times on a page is fetched once: its bundle is of now. */
  *#tasksOf(page: RemoteFeedPage): Generator<Task> {
    const completions = new Map<PithNumber, (() => Followed | null)[]>();
    for (const { position, checksum, pithNumber } of page.changes) {
      const complete = this.#cursor.begin({ position, checksum });
      const known = completions.get(pithNumber);
      if (known === undefined) completions.set(pithNumber, [complete]);
      else known.push(complete);
    }
    for (const [pithNumber, list] of completions) {
      yield { wanted: { suffix: suffixOf(pithNumber), year: pithNumber.slice(5, 9) }, completions: list };
    }
  }

  async *#followList(start: Followed): AsyncGenerator<Task> {
    for (const [index, wanted] of (this.#options.numbers ?? []).entries()) {
      const position = BigInt(index) + 1n;
      if (position <= start.position) continue;
      yield { wanted, completions: [this.#cursor.begin({ position, checksum: null })] };
    }
  }

  async #feedPage(after: bigint): Promise<RemoteFeedPage> {
    const { baseUrl } = this.#options;
    try {
      const url = `${baseUrl}/feed?after=${after}&limit=${pageLimit}`;
      return readFeedPage(await this.#fetch(url, largestPage), after);
    } catch (error) {
      if (!(error instanceof FetchError)) throw error;
      if (error.status === 404) {
        throw new MirrorError(
          `${baseUrl} serves no feed. Name the papers to fetch from it in a file: --numbers <file>`,
        );
      }
      throw unreachable(baseUrl, error);
    }
  }

  async #fetchEach(tasks: AsyncGenerator<Task>, addresses: DocumentAddresses, intake: Intake): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const next = await tasks.next();
      if (next.done) return;
      const { wanted, completions } = next.value;
      const delivered = await this.#deliver(addresses, wanted);
      await intake.add({ delivered, complete: () => this.#complete(completions) });
    }
  }

  /** The bundle, the state where there is no bundle, or why it is neither. Throws where the mirror itself fails. */
  async #deliver(addresses: DocumentAddresses, wanted: ListedNumber): Promise<Delivered> {
    const bundle = await this.#deliverFrom(addresses.bundle(wanted.suffix), wanted);
    if (bundle !== null) return bundle;
    const url = addresses.state(wanted.suffix);
    return (await this.#deliverFrom(url, wanted)) ?? this.#missing(addresses.bundle(wanted.suffix), url);
  }

  /** Null where nothing is there: a mirror that has no record of a paper can serve its state only. */
  async #deliverFrom(url: URL, wanted: ListedNumber): Promise<Delivered | null> {
    const source = url.href;
    try {
      const bytes = await this.#fetch(source, this.#options.maximumBytes);
      const other = otherPaper(bytes, wanted);
      if (other === null) return { source, bytes };
      return { source, code: "WRONG_PAPER", unreadable: `The document is of ${other}.` };
    } catch (error) {
      if (!(error instanceof FetchError)) throw error;
      if (error.status === 404) return null;
      const isOfHost = error.code === "URL_REFUSED" || error.code === "ADDRESS_REFUSED";
      if (isOfHost || (error.isTransient && !(await this.#answers()))) {
        throw unreachable(this.#options.baseUrl, error);
      }
      return { source, code: error.code, unreadable: error.message };
    }
  }

  #missing(bundle: URL, state: URL): Delivered {
    const unreadable = `${bundle} answers 404, and so does ${state}.`;
    return { source: bundle.href, code: "FETCH_FAILED", unreadable };
  }

  /** Whether the mirror answers at all: only then is it the document that fails. */
  async #answers(): Promise<boolean> {
    try {
      await this.#fetch(`${this.#options.baseUrl}/pith-mirrors.json`, largestPage);
      return true;
    } catch (error) {
      if (!(error instanceof FetchError)) throw error;
      return !error.isTransient;
    }
  }

  #fetch(address: string, maximumBytes: number): Promise<Buffer> {
    const { fetcher, retry = defaultRetry } = this.#options;
    const { signal } = this.#stop;
    const url = new URL(address);
    return withRetries(() => fetcher.fetch(url, { maximumBytes, signal }), retry, signal);
  }

  #passed: Followed | null = null;

  #complete(completions: readonly (() => Followed | null)[]): void {
    for (const complete of completions) this.#passed = complete() ?? this.#passed;
  }

  async #takeIn(batch: readonly Fetched[]): Promise<void> {
    const { threads } = this.#options;
    const deliveries = batch.map(({ delivered }) => delivered);
    const results = await (threads?.takeIn(deliveries) ?? takeIn(this.#database, deliveries, this.#options));
    // Committed. Only now may the cursor pass them; killed before it is stored, they are fetched again.
    for (const { complete } of batch) complete();
    if (this.#passed !== null) {
      await storeFollowed(this.#database, this.#key, this.#passed);
      this.#summary.position = this.#passed.position;
      this.#passed = null;
    }
    for (const result of results) this.#count(result);
    this.#options.onBatch?.(this.#summary);
  }

  #count(result: DocumentResult): void {
    const { rejected, refusedEvents } = this.#summary;
    this.#summary.documents++;
    if (result.status !== "rejected") this.#summary[result.status]++;
    if (result.rejection !== null) increment(rejected, result.rejection.code);
    for (const { reason } of result.refused) {
      increment(refusedEvents, reason);
      if (!mattersOfTrust.has(reason)) this.#summary.forgedEvents++;
    }
    if (result.rejection !== null || result.refused.length > 0) this.#options.onRefusal?.(result);
  }
}

/** Whom one trusts, and how far, each mirror settles for itself. Other reasons say that something is wrong. */
const mattersOfTrust: ReadonlySet<string> = new Set(["UNSIGNED", "UNKNOWN_SIGNER", "KEY_NOT_VALID"]);

/** What the cursor is kept under: the mirror, and the list where one is followed. */
function keyOf({ baseUrl, numbers }: SyncOptions): string {
  if (numbers === undefined) return baseUrl;
  const list = numbers.map(({ suffix, year }) => `${year ?? ""}:${suffix}`).join("\n");
  return `${baseUrl} numbers ${cryptography.sha256Text(list)}`;
}

/** The Pith number of a document that is of another paper; null where it is the one, or says no number at all. */
function otherPaper(bytes: Uint8Array, { suffix, year }: ListedNumber): string | null {
  try {
    const document = parseJson(bytes);
    const pithNumber = isJsonObject(document) ? document["pith_number"] : undefined;
    if (!isPithNumber(pithNumber)) return null;
    const isWanted =
      suffixOf(pithNumber).startsWith(suffix) && (year === null || pithNumber.slice(5, 9) === year);
    return isWanted ? null : pithNumber;
  } catch (error) {
    // It is refused at the door, with a better reason.
    if (error instanceof DocumentError) return null;
    throw error;
  }
}

function unreachable(baseUrl: string, error: FetchError): MirrorError {
  return new MirrorError(`${baseUrl} cannot be followed: ${error.message}`);
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

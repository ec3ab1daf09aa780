import { DocumentError, isJsonObject, isPithNumber, parseJson, suffixOf } from "../protocol/index.ts";
import type { ListedNumber } from "./document-addresses.ts";
import { type DocumentAddresses, manifestAddresses, routeAddresses } from "./document-addresses.ts";
import { FetchError, type FetchResult, MirrorError } from "./fetch-error.ts";
import { type RemoteFeedPage, readFeedPage } from "./remote-feed.ts";
import { PauseNotices, RequestPauses } from "./request-pauses.ts";
import { defaultRetry, withRetries } from "./retry.ts";
import type { SyncOptions } from "./sync-options.ts";

const pageLimit = 500;
/** The maximum size of a feed page or a manifest, in bytes. */
const largestPage = 4_000_000;

/** Options for requests to a mirror. */
type RemoteMirrorOptions = Pick<
  SyncOptions,
  "baseUrl" | "fetcher" | "policy" | "retry" | "manifest" | "maximumBytes" | "onNotice"
>;

/**
 * A client for another mirror's feed and documents. All methods throw MirrorError if the mirror as a whole does not
 * answer or does not behave like a mirror.
 */
export class RemoteMirror {
  readonly #options: RemoteMirrorOptions;
  readonly #signal: AbortSignal;
  readonly #pauses: RequestPauses;

  /** No requests are sent once the signal is aborted. */
  constructor(options: RemoteMirrorOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    const { baseUrl, onNotice, retry = defaultRetry } = options;
    const notices = new PauseNotices(baseUrl, onNotice);
    this.#pauses = new RequestPauses(retry, signal, (pause) => notices.add(pause));
  }

  get baseUrl(): string {
    return this.#options.baseUrl;
  }

  /** The feed page that begins after a position. */
  async feedPage(after: bigint, limit = pageLimit): Promise<RemoteFeedPage> {
    const { baseUrl } = this.#options;
    try {
      const url = `${baseUrl}/feed?after=${after}&limit=${limit}`;
      return readFeedPage(await this.#fetch(url, largestPage), after);
    } catch (error) {
      if (!(error instanceof FetchError)) throw error;
      if (error.status === 404) {
        throw new MirrorError(
          `${baseUrl} has no feed. List the papers to fetch in a file: --numbers <file>.`,
        );
      }
      throw this.#unreachable(error, "/feed");
    }
  }

  /** The addresses of its documents, by its manifest or by the protocol's routes, depending on the options. */
  async addresses(): Promise<DocumentAddresses> {
    const { baseUrl, manifest = "tried", policy } = this.#options;
    if (manifest === "unused") return routeAddresses(baseUrl);
    let addresses: DocumentAddresses | null = null;
    try {
      const bytes = await this.#fetch(`${baseUrl}/pith-mirrors.json`, largestPage);
      addresses = manifestAddresses(bytes, baseUrl, policy);
    } catch (error) {
      if (!(error instanceof FetchError)) throw error;
      if (error.status === undefined && error.code !== "TOO_LARGE") {
        throw this.#unreachable(error, "/pith-mirrors.json");
      }
    }
    if (addresses === null && manifest === "required") {
      throw new MirrorError(`${baseUrl}/pith-mirrors.json names no address of bundles on this host.`);
    }
    return addresses ?? routeAddresses(baseUrl);
  }

  /** A paper's bundle, or its state if there is no bundle, or why neither could be fetched. */
  async deliver(addresses: DocumentAddresses, wanted: ListedNumber): Promise<FetchResult> {
    const bundle = addresses.bundle(wanted.suffix);
    const state = addresses.state(wanted.suffix);
    const delivered = await this.#deliverFrom(bundle, wanted);
    if (delivered !== null) return delivered;
    const result = await this.#deliverFrom(state, wanted);
    // A state lacks the signatures, so a single mistaken 404 must not replace the bundle by it.
    if (result !== null && result.failure === null)
      return (await this.#deliverFrom(bundle, wanted)) ?? result;
    if (result !== null) return result;
    const message = "The mirror has neither a bundle nor a state of this paper (404).";
    return answered(bundle.href, "FETCH_FAILED", message);
  }

  /** Null if the address has no document: a mirror without the record of a paper can only serve its state. */
  async #deliverFrom(url: URL, wanted: ListedNumber): Promise<FetchResult | null> {
    const source = url.href;
    try {
      const bytes = await this.#fetch(source, this.#options.maximumBytes);
      return readFetched(source, bytes, wanted);
    } catch (error) {
      if (!(error instanceof FetchError)) throw error;
      const { code, message, isTransient, status, retryAfter } = error;
      if (status === 404 || status === 410) return null;
      if (code === "URL_REFUSED" || code === "ADDRESS_REFUSED") throw this.#unreachable(error);
      if (isTransient) {
        await this.#demandAvailable();
        const delay = retryAfter === undefined ? {} : { retryAfter };
        const failure = { code, message, isAnswer: false, ...delay };
        return { delivered: { source, code, unreadable: message }, failure };
      }
      if (code === "FETCH_FAILED") return answered(source, code, message);
      return { delivered: { source, code, unreadable: message }, failure: null };
    }
  }

  /**
   * Throws MirrorError if the mirror as a whole is unavailable; if it returns, only one paper failed. Reads the feed,
   * which needs the mirror's database as its documents do. The manifest does not, so it is requested only if there is
   * no feed.
   */
  async #demandAvailable(): Promise<void> {
    for (const path of ["/feed", "/pith-mirrors.json"]) {
      try {
        const query = path === "/feed" ? "?after=0&limit=1" : "";
        await this.#fetch(`${this.#options.baseUrl}${path}${query}`, largestPage);
        return;
      } catch (error) {
        if (!(error instanceof FetchError)) throw error;
        if (error.isTransient) throw this.#unreachable(error, path);
      }
    }
  }

  #fetch(address: string, maximumBytes: number): Promise<Buffer> {
    const { fetcher, retry = defaultRetry } = this.#options;
    const url = new URL(address);
    const signal = this.#signal;
    const attempt = () => this.#pauses.run(() => fetcher.fetch(url, { maximumBytes, signal }));
    return withRetries(attempt, retry, signal);
  }

  /** `path`: what was requested, if that matters. */
  #unreachable(error: FetchError, path?: string): MirrorError {
    const what = path === undefined || !error.isTransient ? "" : ` (${path})`;
    const later = error.isTransient ? " Run the command again later to continue." : "";
    const { retryAfter } = error;
    const wish = retryAfter === undefined ? "" : ` It requests a pause of ${Math.ceil(retryAfter / 1000)} s.`;
    const message = `Can't follow ${this.#options.baseUrl}${what}. ${error.message}${wish}${later}`;
    return new MirrorError(message, retryAfter);
  }
}

/** An answer that becomes definite once it repeats. */
function answered(source: string, code: string, message: string): FetchResult {
  return {
    delivered: { source, code, unreadable: message },
    failure: { code, message, isAnswer: true },
  };
}

/** Codes of documents that an error page or a truncated response can cause, too. */
const textCodes: ReadonlySet<string> = new Set(["MALFORMED_JSON", "INVALID_UNICODE"]);

/** Checks a response only as far as needed to decide on a retry: the ingest gives better reasons. */
export function readFetched(source: string, bytes: Buffer, { suffix, year }: ListedNumber): FetchResult {
  const delivered = { source, bytes };
  let pithNumber: unknown;
  try {
    const document = parseJson(bytes);
    pithNumber = isJsonObject(document) ? document["pith_number"] : undefined;
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    const { code, message } = error;
    return { delivered, failure: textCodes.has(code) ? { code, message, isAnswer: true } : null };
  }
  if (!isPithNumber(pithNumber)) return { delivered, failure: null };
  const isWanted =
    suffixOf(pithNumber).startsWith(suffix) && (year === null || pithNumber.slice(5, 9) === year);
  if (isWanted) return { delivered, failure: null };
  const unreadable = `The document is of another paper: ${pithNumber}.`;
  return { delivered: { source, code: "WRONG_PAPER", unreadable }, failure: null };
}

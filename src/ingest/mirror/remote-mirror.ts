import { DocumentError, isJsonObject, isPithNumber, parseJson, suffixOf } from "../../protocol/index.ts";
import type { Delivered } from "../sources/files.ts";
import { type DocumentAddresses, manifestAddresses, routeAddresses } from "./document-addresses.ts";
import { FetchError, MirrorError } from "./fetch-error.ts";
import type { ListedNumber } from "./listed-numbers.ts";
import { type RemoteFeedPage, readFeedPage } from "./remote-feed.ts";
import { type RetryOptions, withRetries } from "./retry.ts";
import type { SyncOptions } from "./sync-options.ts";

const defaultRetry: RetryOptions = { attempts: 5, baseDelay: 500, maximumDelay: 30_000 };

const pageLimit = 500;
/** Bytes of a page of the feed, or of a manifest. */
const largestPage = 4_000_000;

/** How a mirror is asked. */
export type RemoteMirrorOptions = Pick<
  SyncOptions,
  "baseUrl" | "fetcher" | "policy" | "retry" | "manifest" | "maximumBytes"
>;

/**
 * Another mirror: its feed, and its documents. All of it throws MirrorError where the mirror as a whole does not
 * answer, or not as one.
 */
export class RemoteMirror {
  readonly #options: RemoteMirrorOptions;
  readonly #signal: AbortSignal;

  /** Nothing more is asked once the signal is aborted. */
  constructor(options: RemoteMirrorOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
  }

  get baseUrl(): string {
    return this.#options.baseUrl;
  }

  /** The page of its feed that begins after a position. */
  async feedPage(after: bigint): Promise<RemoteFeedPage> {
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
      throw this.#unreachable(error);
    }
  }

  /** Where its documents are: by its manifest or by the routes of the protocol, as the options have it. */
  async addresses(): Promise<DocumentAddresses> {
    const { baseUrl, manifest = "tried", policy } = this.#options;
    if (manifest === "unused") return routeAddresses(baseUrl);
    let addresses: DocumentAddresses | null = null;
    try {
      const bytes = await this.#fetch(`${baseUrl}/pith-mirrors.json`, largestPage);
      addresses = manifestAddresses(bytes, baseUrl, policy);
    } catch (error) {
      if (!(error instanceof FetchError)) throw error;
      if (error.status === undefined && error.code !== "TOO_LARGE") throw this.#unreachable(error);
    }
    if (addresses === null && manifest === "required") {
      throw new MirrorError(`${baseUrl}/pith-mirrors.json names no place for bundles on this host.`);
    }
    return addresses ?? routeAddresses(baseUrl);
  }

  /** A paper's bundle, its state where there is no bundle, or why it is neither. */
  async deliver(addresses: DocumentAddresses, wanted: ListedNumber): Promise<Delivered> {
    const bundle = addresses.bundle(wanted.suffix);
    const state = addresses.state(wanted.suffix);
    return (
      (await this.#deliverFrom(bundle, wanted)) ??
      (await this.#deliverFrom(state, wanted)) ?? {
        source: bundle.href,
        code: "FETCH_FAILED",
        unreadable: `${bundle} answers 404, and so does ${state}.`,
      }
    );
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
      if (isOfHost || (error.isTransient && !(await this.#answers()))) throw this.#unreachable(error);
      return { source, code: error.code, unreadable: error.message };
    }
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
    const url = new URL(address);
    const signal = this.#signal;
    return withRetries(() => fetcher.fetch(url, { maximumBytes, signal }), retry, signal);
  }

  #unreachable(error: FetchError): MirrorError {
    return new MirrorError(`${this.#options.baseUrl} cannot be followed: ${error.message}`);
  }
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

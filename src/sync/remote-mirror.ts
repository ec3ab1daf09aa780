import {
  DocumentError,
  isJsonObject,
  isPithNumber,
  type PithNumber,
  parseJson,
  suffixOf,
} from "../protocol/index.ts";
import { FetchError, type FetchResult, MirrorError } from "./fetch-error.ts";
import type { Fetcher } from "./fetcher.ts";
import type { ListedNumber } from "./outstanding.ts";
import { defaultRetryPolicy, PauseNotices, RequestPauses, type RetryPolicy, withRetries } from "./retry.ts";
import type { UrlPolicy } from "./url-policy.ts";

const pageLimit = 500;
/** The maximum size of a feed page or a manifest, in bytes. */
const maxPageBytes = 4_000_000;

/** Options for requests to a mirror. */
export type RemoteMirrorOptions = {
  /** Normalized by `readBaseUrl`. */
  readonly baseUrl: string;
  readonly fetcher: Fetcher;
  readonly policy: UrlPolicy;
  readonly retry?: RetryPolicy;
  /** Whether the manifest gives the addresses of bundles: `required`, `tried` (else the routes are used), `unused`. */
  readonly manifest?: "required" | "tried" | "unused";
  /** Larger documents are not fetched. */
  readonly maximumBytes: number;
  /** Called with further messages for people. */
  readonly onNotice?: (line: string) => void;
};

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
    const { baseUrl, onNotice, retry = defaultRetryPolicy } = options;
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
      return readFeedPage(await this.#fetch(url, maxPageBytes), after);
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
      const bytes = await this.#fetch(`${baseUrl}/pith-mirrors.json`, maxPageBytes);
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
  async fetchPaper(addresses: DocumentAddresses, paper: ListedNumber): Promise<FetchResult> {
    const bundle = addresses.bundle(paper.suffix);
    const state = addresses.state(paper.suffix);
    const fromBundle = await this.#fetchDocument(bundle, paper);
    if (fromBundle !== null) return fromBundle;
    const fromState = await this.#fetchDocument(state, paper);
    // A state lacks the signatures, so a single mistaken 404 must not replace the bundle by it.
    if (fromState?.failure === null) return (await this.#fetchDocument(bundle, paper)) ?? fromState;
    if (fromState !== null) return fromState;
    const message = "The mirror has neither a bundle nor a state of this paper (404).";
    return repeatableAnswer(bundle.href, "FETCH_FAILED", message);
  }

  /** Null if the address has no document: a mirror without the record of a paper can only serve its state. */
  async #fetchDocument(url: URL, paper: ListedNumber): Promise<FetchResult | null> {
    const source = url.href;
    try {
      const bytes = await this.#fetch(source, this.#options.maximumBytes);
      return readFetched(source, bytes, paper);
    } catch (error) {
      if (!(error instanceof FetchError)) throw error;
      const { code, message, isTransient, status, retryAfter } = error;
      if (status === 404 || status === 410) return null;
      if (code === "URL_REFUSED" || code === "ADDRESS_REFUSED") throw this.#unreachable(error);
      if (isTransient) {
        await this.#requireAvailable();
        const delay = retryAfter === undefined ? {} : { retryAfter };
        const failure = { code, message, isAnswer: false, ...delay };
        return { document: { source, code, unreadable: message }, failure };
      }
      if (code === "FETCH_FAILED") return repeatableAnswer(source, code, message);
      return { document: { source, code, unreadable: message }, failure: null };
    }
  }

  /**
   * Throws MirrorError if the mirror as a whole is unavailable; if it returns, only one paper failed. Reads the feed,
   * which needs the mirror's database as its documents do. The manifest does not, so it is requested only if there is
   * no feed.
   */
  async #requireAvailable(): Promise<void> {
    for (const path of ["/feed", "/pith-mirrors.json"]) {
      try {
        const query = path === "/feed" ? "?after=0&limit=1" : "";
        await this.#fetch(`${this.#options.baseUrl}${path}${query}`, maxPageBytes);
        return;
      } catch (error) {
        if (!(error instanceof FetchError)) throw error;
        if (error.isTransient) throw this.#unreachable(error, path);
      }
    }
  }

  #fetch(address: string, maximumBytes: number): Promise<Buffer> {
    const { fetcher, retry = defaultRetryPolicy } = this.#options;
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
function repeatableAnswer(source: string, code: string, message: string): FetchResult {
  return {
    document: { source, code, unreadable: message },
    failure: { code, message, isAnswer: true },
  };
}

/** Codes of documents that an error page or a truncated response can cause, too. */
const textCodes: ReadonlySet<string> = new Set(["MALFORMED_JSON", "INVALID_UNICODE"]);

/** Checks a response only as far as needed to decide on a retry: the ingest gives better reasons. */
export function readFetched(source: string, bytes: Buffer, { suffix, year }: ListedNumber): FetchResult {
  const document = { source, bytes };
  let pithNumber: unknown;
  try {
    const value = parseJson(bytes);
    pithNumber = isJsonObject(value) ? value["pith_number"] : undefined;
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    const { code, message } = error;
    return { document, failure: textCodes.has(code) ? { code, message, isAnswer: true } : null };
  }
  if (!isPithNumber(pithNumber)) return { document, failure: null };
  const isRequested =
    suffixOf(pithNumber).startsWith(suffix) && (year === null || pithNumber.slice(5, 9) === year);
  if (isRequested) return { document, failure: null };
  const unreadable = `The document is of another paper: ${pithNumber}.`;
  return { document: { source, code: "WRONG_PAPER", unreadable }, failure: null };
}

/** The parts of another mirror's feed page that are used. Hashes are in lower-case hex. */
export type RemoteFeedPage = {
  /** The checksum at the requested position; null if the feed ends before it. */
  readonly checksumAfter: string | null;
  readonly head: { readonly position: bigint; readonly checksum: string };
  readonly changes: readonly {
    readonly position: bigint;
    readonly pithNumber: PithNumber;
    readonly stateSha256: string;
    readonly checksum: string;
  }[];
};

/** Parses a response of `/feed?after=<position>`. Throws MirrorError if it is invalid. */
export function readFeedPage(bytes: Uint8Array, after: bigint): RemoteFeedPage {
  const page = parse(bytes);
  if (!isObject(page) || page["feed_type"] !== "pith_graph_feed" || page["feed_version"] !== "1.0") {
    throw new MirrorError("The mirror's /feed is not a pith_graph_feed of version 1.0.");
  }
  const { after: start, head, changes } = page;
  if (!isObject(start) || !isObject(head) || !Array.isArray(changes))
    throw malformed("after, head or changes");
  let last = after;
  return {
    checksumAfter: start["checksum"] === null ? null : readHash(start["checksum"]),
    head: { position: readPosition(head["position"]), checksum: readHash(head["checksum"]) },
    changes: (changes as unknown[]).map((change) => {
      if (!isObject(change)) throw malformed("changes");
      const position = readPosition(change["position"]);
      const { pith_number: pithNumber } = change;
      if (position <= last) throw malformed("order of positions");
      if (!isPithNumber(pithNumber)) throw malformed("pith_number");
      last = position;
      return {
        position,
        pithNumber,
        stateSha256: readHash(change["state_sha256"], "state_sha256"),
        checksum: readHash(change["checksum"]),
      };
    }),
  };
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch {
    throw new MirrorError("The mirror's /feed is not valid JSON.");
  }
}

function readPosition(value: unknown): bigint {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return BigInt(value);
  throw malformed("position");
}

function readHash(value: unknown, name = "checksum"): string {
  if (typeof value === "string" && /^[0-9a-f]{64}$/.test(value)) return value;
  throw malformed(name);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function malformed(what: string): MirrorError {
  return new MirrorError(`The mirror's /feed is invalid: ${what}.`);
}

/** The addresses of the bundle and the state of a paper, by suffix. */
export type DocumentAddresses = {
  readonly bundle: (suffix: string) => URL;
  /** Also served for papers whose record, which a bundle must contain, the mirror does not have. */
  readonly state: (suffix: string) => URL;
};

const place = "{suffix}";

/** The routes of PROTOCOL section 8 below a base URL without a trailing `/`. */
function routeAddresses(baseUrl: string): DocumentAddresses {
  return {
    bundle: (suffix) => new URL(`${baseUrl}/pith/${suffix}/bundle.json`),
    state: (suffix) => new URL(`${baseUrl}/pith/${suffix}/state.json`),
  };
}

/**
 * The addresses in a manifest: the first pattern of each kind on the base URL's origin or on an allowed host. States
 * fall back to the route. Null if there is none for bundles. A manifest is not trusted and must not redirect requests
 * to other hosts.
 */
export function manifestAddresses(
  bytes: Uint8Array,
  baseUrl: string,
  policy: UrlPolicy,
): DocumentAddresses | null {
  const mirrors = mirrorsOf(bytes);
  const bundle = addressOf(mirrors, "bundle_pattern", baseUrl, policy);
  if (bundle === null) return null;
  return {
    bundle,
    state: addressOf(mirrors, "state_pattern", baseUrl, policy) ?? routeAddresses(baseUrl).state,
  };
}

function addressOf(
  mirrors: readonly unknown[],
  name: "bundle_pattern" | "state_pattern",
  baseUrl: string,
  policy: UrlPolicy,
): ((suffix: string) => URL) | null {
  const { origin } = new URL(baseUrl);
  for (const mirror of mirrors) {
    const pattern = (mirror as Readonly<Record<string, unknown>> | null)?.[name];
    if (typeof pattern !== "string") continue;
    const parts = pattern.split(place);
    if (parts.length !== 2 || !URL.canParse(parts.join("A"), `${baseUrl}/`)) continue;
    const url = new URL(parts.join("A"), `${baseUrl}/`);
    if (url.origin !== origin && !policy.isAllowed(url)) continue;
    return (suffix) => new URL(parts.join(suffix), `${baseUrl}/`);
  }
  return null;
}

function mirrorsOf(bytes: Uint8Array): readonly unknown[] {
  try {
    const manifest = JSON.parse(Buffer.from(bytes).toString());
    const isManifest = manifest?.manifest_type === "pith_mirror_manifest" && Array.isArray(manifest.mirrors);
    return isManifest ? (manifest.mirrors as unknown[]) : [];
  } catch {
    return [];
  }
}

import { lookup as resolveName } from "node:dns";
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, STATUS_CODES } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { LookupFunction } from "node:net";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { withoutByteOrderMark } from "../ingest/index.ts";
import { errorText, softwareVersion } from "../runtime/index.ts";
import { FetchError } from "./fetch-error.ts";
import { isPublicAddress, type UrlPolicy } from "./url-policy.ts";

export type FetchLimits = {
  /** Milliseconds for a response, including all redirects. */
  readonly deadline: number;
  /** A response that delivers fewer bytes within any window, including the wait for its first byte, is too slow. */
  readonly minBytes: number;
  /** Milliseconds. */
  readonly window: number;
};

export const defaultFetchLimits: FetchLimits = { deadline: 300_000, minBytes: 1000, window: 20_000 };

type FetcherOptions = {
  readonly policy: UrlPolicy;
  /** The maximum number of connections to one host. Defaults to 4. */
  readonly concurrency?: number;
  readonly limits?: FetchLimits;
  /** Resolves host names. Defaults to the system resolver. */
  readonly resolve?: ResolveName;
};

type ResolveName = (
  hostname: string,
  options: { readonly all: true },
  callback: (
    error: NodeJS.ErrnoException | null,
    addresses: { readonly address: string; readonly family: number }[],
  ) => void,
) => void;

type FetchOptions = {
  readonly maximumBytes: number;
  readonly signal: AbortSignal;
  /** Milliseconds that the host was requested to wait before it responds; it may be silent that much longer. */
  readonly requestedWait?: number;
};

/** Fetches from untrusted hosts. */
export type Fetcher = {
  /**
   * Fetches a complete response. Throws FetchError for redirects to other hosts, addresses that are not public (checked
   * when connecting), bodies that are too large compressed or decompressed, slow responses and all other failures.
   * Throws the signal's reason once it is aborted.
   */
  fetch(url: URL, options: FetchOptions): Promise<Buffer>;
  /** Closes idle connections. */
  close(): void;
};

const maxRedirects = 3;
const redirects = new Set([301, 302, 303, 307, 308]);

export function createFetcher({
  policy,
  concurrency = 4,
  limits = defaultFetchLimits,
  resolve = resolveName,
}: FetcherOptions): Fetcher {
  const agents = {
    "http:": new HttpAgent({ keepAlive: true, maxSockets: concurrency }),
    "https:": new HttpsAgent({ keepAlive: true, maxSockets: concurrency }),
  };

  const open = (url: URL, signal: AbortSignal): Promise<IncomingMessage> => {
    policy.check(url);
    return new Promise((answer, fail) => {
      const isSecure = url.protocol === "https:";
      const request = (isSecure ? httpsRequest : httpRequest)(url, {
        agent: agents[isSecure ? "https:" : "http:"],
        lookup: checkedLookup(resolve, url.host, policy.isAllowed(url)),
        signal,
        headers: {
          accept: "application/json",
          "accept-encoding": "gzip",
          "user-agent": `pith-graph/${softwareVersion}`,
        },
      });
      request.on("response", answer).on("error", fail).end();
    });
  };

  const fetch = async (
    url: URL,
    { maximumBytes, signal, requestedWait = 0 }: FetchOptions,
  ): Promise<Buffer> => {
    signal.throwIfAborted();
    const watch = new Watch(limits, requestedWait, signal);
    const stop = watch.signal;
    try {
      let target = url;
      for (let followed = 0; ; followed++) {
        const response = await open(target, stop);
        const { statusCode = 0, headers } = response;
        if (statusCode === 200) return await bodyOf(response, maximumBytes, watch, stop);
        response.on("error", () => {}).destroy();
        if (!redirects.has(statusCode) || headers.location === undefined) throw statusError(response);
        if (followed === maxRedirects) {
          throw new FetchError("REDIRECT_REFUSED", `More than ${maxRedirects} redirects.`);
        }
        target = redirected(target, headers.location);
      }
    } catch (error) {
      stop.throwIfAborted();
      throw error instanceof FetchError ? error : networkError(error);
    } finally {
      watch.end();
    }
  };

  const close = () => {
    for (const agent of Object.values(agents)) agent.destroy();
  };
  return { fetch, close };
}

/** Enforces the deadline and the minimum speed of a response, and forwards the caller's abort. */
class Watch {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal;
  readonly #passOn = () => this.#controller.abort(this.#outer.reason);
  readonly #deadline: NodeJS.Timeout;
  readonly #granted: NodeJS.Timeout;
  #windows: NodeJS.Timeout | undefined;
  #bytes = 0;

  constructor({ deadline, minBytes, window }: FetchLimits, requestedWait: number, outer: AbortSignal) {
    this.#outer = outer;
    outer.addEventListener("abort", this.#passOn, { once: true });
    const abort = (message: string) =>
      this.#controller.abort(new FetchError("TOO_SLOW", message, { isTransient: true }));
    const seconds = (milliseconds: number) => `${milliseconds / 1000} s`;
    this.#deadline = setTimeout(
      () => abort(`The response was not complete within ${seconds(deadline)}.`),
      deadline + requestedWait,
    );
    this.#granted = setTimeout(() => {
      this.#windows = setInterval(() => {
        if (this.#bytes < minBytes) abort(`Only ${this.#bytes} bytes arrived in ${seconds(window)}.`);
        this.#bytes = 0;
      }, window);
    }, requestedWait);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  count(bytes: number): void {
    this.#bytes += bytes;
  }

  end(): void {
    clearTimeout(this.#deadline);
    clearTimeout(this.#granted);
    clearInterval(this.#windows);
    this.#outer.removeEventListener("abort", this.#passOn);
  }
}

async function bodyOf(
  response: IncomingMessage,
  maximumBytes: number,
  watch: Watch,
  signal: AbortSignal,
): Promise<Buffer> {
  const tooLarge = () => new FetchError("TOO_LARGE", `The response is larger than ${maximumBytes} bytes.`);
  const encoding = (response.headers["content-encoding"] ?? "identity").toLowerCase();
  const isGzip = encoding === "gzip" || encoding === "x-gzip";
  const isKnown = isGzip || encoding === "identity";
  if (!isKnown || Number(response.headers["content-length"] ?? 0) > maximumBytes) {
    response.on("error", () => {}).destroy();
    if (isKnown) throw tooLarge();
    throw new FetchError("FETCH_FAILED", `The response has an unsupported Content-Encoding: ${encoding}.`);
  }
  let received = 0;
  const counted = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      watch.count(chunk.length);
      received += chunk.length;
      if (received > maximumBytes) throw tooLarge();
      yield chunk;
    }
  };
  const parts: Buffer[] = [];
  let size = 0;
  const collect = async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      size += chunk.length;
      if (size > maximumBytes) throw tooLarge();
      parts.push(chunk);
    }
  };
  if (isGzip) await pipeline(response, counted, createGunzip(), collect, { signal });
  else await pipeline(response, counted, collect, { signal });
  return withoutByteOrderMark(Buffer.concat(parts));
}

function redirected(from: URL, location: string): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : null;
  // Another port is another service, and https must not be downgraded.
  if (to?.host === from.host && (to.protocol === from.protocol || to.protocol === "https:")) return to;
  throw new FetchError("REDIRECT_REFUSED", `Redirect to another host: ${location.slice(0, 200)}`);
}

function statusError({ statusCode: status = 0, headers }: IncomingMessage): FetchError {
  const isTransient = status >= 500 || status === 429 || status === 408 || status === 425;
  const retryAfter = isTransient ? millisecondsOf(headers["retry-after"]) : undefined;
  return new FetchError(
    "FETCH_FAILED",
    `The response has status ${[status, STATUS_CODES[status] ?? []].flat().join(" ")}.`,
    {
      isTransient,
      status,
      ...(retryAfter === undefined ? {} : { retryAfter }),
    },
  );
}

/** A Retry-After header (seconds or a date) in milliseconds. */
function millisecondsOf(retryAfter: string | undefined): number | undefined {
  if (retryAfter === undefined) return undefined;
  const milliseconds = /^\d+$/.test(retryAfter)
    ? Number(retryAfter) * 1000
    : Date.parse(retryAfter) - Date.now();
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : undefined;
}

function networkError(error: unknown): FetchError {
  // If several addresses were tried, each error has its own message.
  const errors = error instanceof AggregateError ? (error.errors as unknown[]) : [error];
  const refusal = errors.find((inner) => inner instanceof FetchError);
  if (refusal !== undefined) return refusal;
  return new FetchError("FETCH_FAILED", `Network error: ${errorText(error)}.`, { isTransient: true });
}

/**
 * Resolves a host, to its public addresses only unless it is allowed. The connection uses these: no second lookup
 * bypasses the check.
 */
function checkedLookup(resolve: ResolveName, host: string, isAllowed: boolean): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { all: true }, (error, addresses) => {
      if (error !== null) return callback(error, [], 0);
      const permitted = addresses.filter(({ address }) => isAllowed || isPublicAddress(address));
      const [first] = permitted;
      if (first === undefined) {
        const names = addresses.map(({ address }) => address).join(", ");
        const message = `${host} has no public address, only ${names}. To allow it, add --allow-host ${host}.`;
        return callback(
          isAllowed ? new Error("no address") : new FetchError("ADDRESS_REFUSED", message),
          [],
          0,
        );
      }
      if (options.all === true) callback(null, permitted, 0);
      else callback(null, first.address, first.family);
    });
  };
}

import type { SourceDocument } from "../ingest/index.ts";

/** Why a mirror's response was not accepted. Quarantine stores these codes beside those of documents. */
type FetchCode =
  /** No response, or one that is not a document; the message gives the status or the network error. */
  | "FETCH_FAILED"
  /** Neither https nor allowed explicitly, or a URL with credentials. */
  | "URL_REFUSED"
  /** The host's addresses are not public. */
  | "ADDRESS_REFUSED"
  /** A redirect to another host, or one too many. */
  | "REDIRECT_REFUSED"
  | "TOO_LARGE"
  | "TOO_SLOW"
  /** The document is of another paper than requested. */
  | "WRONG_PAPER";

type Details = {
  /** Whether a retry may succeed. */
  readonly isTransient?: boolean;
  /** The response's status; undefined without a response. */
  readonly status?: number;
  /** Milliseconds from Retry-After. */
  readonly retryAfter?: number;
};

/** A request that failed, or was refused by policy. */
export class FetchError extends Error {
  override readonly name = "FetchError";
  readonly code: FetchCode;
  readonly isTransient: boolean;
  readonly status: number | undefined;
  readonly retryAfter: number | undefined;

  constructor(code: FetchCode, message: string, { isTransient = false, status, retryAfter }: Details = {}) {
    super(message);
    this.code = code;
    this.isTransient = isTransient;
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** A mirror that cannot be followed. The message gives the reason and the remedy. */
export class MirrorError extends Error {
  override readonly name = "MirrorError";
  /** Milliseconds from Retry-After. */
  readonly retryAfter: number | undefined;

  constructor(message: string, retryAfter?: number) {
    super(message);
    this.retryAfter = retryAfter;
  }
}

/** Parses a mirror's address as entered by a person: http(s), without a query. Throws MirrorError. */
export function readBaseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== "" || url.hash !== "") {
    throw new MirrorError(
      `${JSON.stringify(text)} is not the address of a mirror: write https://mirror.example.org.`,
    );
  }
  return url.href.replace(/\/+$/, "");
}

/** Why a paper could not be fetched, if a later attempt may succeed. */
export type FetchFailure = {
  readonly code: string;
  readonly message: string;
  /**
   * Whether the mirror answered (404, 410, another refusal, a body that is not JSON) rather than failed. An answer
   * becomes definite once it repeats; a fault of the network or the server never does.
   */
  readonly isAnswer: boolean;
  /** Milliseconds from Retry-After. */
  readonly retryAfter?: number;
};

/** The result for a paper. With `failure`, `document` goes to quarantine once the failure is definite. */
export type FetchResult = { readonly document: SourceDocument; readonly failure: FetchFailure | null };

import type { Delivered } from "../sources/files.ts";

/** Why a mirror's answer was not taken. They stand in quarantine beside the codes of documents. */
type FetchCode =
  /** No answer, or one that is no document: the status, or what the network said, is in the message. */
  | "FETCH_FAILED"
  /** Neither https nor on the allow-list, or an address with credentials. */
  | "URL_REFUSED"
  /** The host's addresses are not public ones. */
  | "ADDRESS_REFUSED"
  /** To another host, or one too many. */
  | "REDIRECT_REFUSED"
  | "TOO_LARGE"
  | "TOO_SLOW"
  /** The document is of another paper than was asked for. */
  | "WRONG_PAPER";

type Details = {
  /** Whether asking again may help. */
  readonly isTransient?: boolean;
  /** Of the answer; undefined where none came. */
  readonly status?: number;
  /** Milliseconds, as the mirror wishes. */
  readonly retryAfter?: number;
};

/** Something that could not be fetched, or was refused. */
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

/** A mirror that cannot be followed as it is: its message says why, and what to do. */
export class MirrorError extends Error {
  override readonly name = "MirrorError";
  /** Milliseconds, as the mirror wishes. */
  readonly retryAfter: number | undefined;

  constructor(message: string, retryAfter?: number) {
    super(message);
    this.retryAfter = retryAfter;
  }
}

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

/** Why a paper could not be fetched, where a later attempt may succeed. */
export type FetchFailure = {
  readonly code: string;
  readonly message: string;
  /**
   * Whether the mirror answered (404, 410, another refusal, a text that is no JSON) rather than failed. An answer is
   * believed once it repeats; a fault of the network or the server never is.
   */
  readonly isAnswer: boolean;
  /** Milliseconds, as the mirror wishes. */
  readonly retryAfter?: number;
};

/** What a mirror delivers of a paper. With `failure`, `delivered` is what goes to quarantine once that is definite. */
export type FetchResult = { readonly delivered: Delivered; readonly failure: FetchFailure | null };

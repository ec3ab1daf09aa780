import type { ComponentChildren } from "preact";
import type { ApiError } from "../api/index.ts";

/** Shows what went wrong and what to do. All errors of the explorer use it. */
export function ErrorNotice({
  error,
  title,
  text,
  retry,
  children,
}: {
  /** The API's error; null if the API was not involved. */
  error: ApiError | null;
  /** Replaces the title and text of the error's code, for pages that can say more. */
  title?: string | undefined;
  text?: string | undefined;
  /** Tries again. Offered only if that may help. */
  retry?: (() => void) | undefined;
  children?: ComponentChildren;
}) {
  const errorDescriptions = error === null ? null : describeError(error);
  const shownText = text ?? errorDescriptions?.text;
  return (
    <div class="notice error" role="alert">
      <strong>{title ?? errorDescriptions?.title}</strong>
      {shownText !== undefined && <p>{shownText}</p>}
      {children}
      {retry !== undefined && errorDescriptions?.canRetry !== false && (
        <p>
          <button type="button" class="link-like" onClick={retry}>
            Try again
          </button>
        </p>
      )}
    </div>
  );
}

export type ErrorDescription = {
  readonly title: string;
  readonly text: string;
  /** Whether the same request may succeed later. If so, it is offered again. */
  readonly canRetry: boolean;
};

const busy = { title: "The server is busy", text: "Try again in a moment.", canRetry: true };

/** Descriptions by the API's error codes. */
const words: Readonly<Record<string, ErrorDescription>> = {
  UNREACHABLE: {
    title: "Can't reach the server",
    text: "Check your connection, then try again.",
    canRetry: true,
  },
  RATE_LIMITED: { title: "Too many requests", text: "Wait a minute, then try again.", canRetry: true },
  UNAVAILABLE: busy,
  QUEUE_FULL: busy,
  CANCELLED: busy,
  SET_CHANGED: { title: "The data has just changed", text: "Load the list again.", canRetry: true },
  GRAPH_UNAVAILABLE: {
    title: "The citation graph is still loading",
    text: "Try again in a moment.",
    canRetry: true,
  },
  TIMEOUT: { title: "This took too long", text: "Try again, or request less.", canRetry: true },
  TOO_LARGE: { title: "This is too large", text: "Request less.", canRetry: false },
};

const serverError: ErrorDescription = {
  title: "Something went wrong on the server",
  text: "Try again. If it happens again, contact the operator of this mirror.",
  canRetry: true,
};

/** Errors whose message already says what to change. */
const titlesOfExplainedErrors: Readonly<Record<string, string>> = {
  BAD_USER_INPUT: "This can't be shown",
  NOT_FOUND: "Not found",
  AMBIGUOUS_REF: "Several papers match",
  QUERY_TOO_COMPLEX: "This is too much for one request",
};

/** Describes an error of the API for readers. */
export function describeError({ code, message }: Pick<ApiError, "code" | "message">): ErrorDescription {
  const title = titlesOfExplainedErrors[code];
  if (title !== undefined) return { title, text: plainMessage(message), canRetry: false };
  return words[code] ?? serverError;
}

/** A message without backticks around GraphQL names, starting with a capital letter. */
export function plainMessage(message: string): string {
  const plain = message.replaceAll("`", "");
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}

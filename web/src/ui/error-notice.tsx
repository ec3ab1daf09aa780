import type { ComponentChildren } from "preact";
import type { ApiError } from "../api/index.ts";

/** Says what went wrong and what to do. Every error of the explorer is shown by this. */
export function ErrorNotice({
  error,
  title,
  text,
  retry,
  children,
}: {
  /** What the API answered; null where the API was not involved. */
  error: ApiError | null;
  /** Instead of the title and text of the error's code, where the page knows better. */
  title?: string | undefined;
  text?: string | undefined;
  /** Does it again; offered only where that may help. */
  retry?: (() => void) | undefined;
  children?: ComponentChildren;
}) {
  const errorDescriptions = error === null ? null : describeError(error);
  const shownText = text ?? errorDescriptions?.text;
  return (
    <div class="notice bad" role="alert">
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
  /** Whether the same request may succeed later: only then is it offered again. */
  readonly canRetry: boolean;
};

const busy = { title: "The server is busy", text: "Try again in a moment.", canRetry: true };

/** Errors that are the same whatever was requested, by the API's codes. */
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
  TIMEOUT: { title: "This took too long", text: "Try again, or ask for less.", canRetry: true },
  TOO_LARGE: { title: "This is too large", text: "Ask for less.", canRetry: false },
};

const serverError: ErrorDescription = {
  title: "Something went wrong on the server",
  text: "Try again. If it happens again, tell the operator of this mirror.",
  canRetry: true,
};

/** Codes whose message says what to change: it is shown as it is, without the names of GraphQL. */
const titlesOfExplainedErrors: Readonly<Record<string, string>> = {
  BAD_USER_INPUT: "This can't be shown",
  NOT_FOUND: "Not found",
  AMBIGUOUS_REF: "Several papers have this name",
  QUERY_TOO_COMPLEX: "This is too much for one request",
};

/** An error of the API as people read it. */
export function describeError({ code, message }: Pick<ApiError, "code" | "message">): ErrorDescription {
  const title = titlesOfExplainedErrors[code];
  if (title !== undefined) return { title, text: plainMessage(message), canRetry: false };
  return words[code] ?? serverError;
}

/** A message without the API's marks: `query` in backticks is a name of GraphQL. */
export function plainMessage(message: string): string {
  const plain = message.replaceAll("`", "");
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}

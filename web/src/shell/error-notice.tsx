import type { ComponentChildren } from "preact";
import type { AskError } from "../api/ask.ts";
import { errorWords } from "./error-words.ts";

/** Says what went wrong and what to do. Every error of the explorer is shown by this. */
export function ErrorNotice({
  error,
  title,
  text,
  retry,
  children,
}: {
  /** What the API answered; null where the API was not involved. */
  error: AskError | null;
  /** Instead of the title and text of the error's code, where the page knows better. */
  title?: string | undefined;
  text?: string | undefined;
  /** Does it again; offered only where that may help. */
  retry?: (() => void) | undefined;
  children?: ComponentChildren;
}) {
  const words = error === null ? null : errorWords(error);
  const shownText = text ?? words?.text;
  return (
    <div class="notice bad" role="alert">
      <strong>{title ?? words?.title}</strong>
      {shownText !== undefined && <p>{shownText}</p>}
      {children}
      {retry !== undefined && words?.canRetry !== false && (
        <p>
          <button type="button" class="link-like" onClick={retry}>
            Try again
          </button>
        </p>
      )}
    </div>
  );
}

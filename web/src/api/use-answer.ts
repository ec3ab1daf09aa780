import { useEffect, useState } from "preact/hooks";
import { AskError, ask } from "./ask.ts";
import type { TadaDocumentNode } from "./graphql.ts";
import { queryText } from "./query-text.ts";

export type Answer<Data> =
  | { readonly state: "loading"; readonly data: undefined }
  | { readonly state: "answered"; readonly data: Data }
  | { readonly state: "failed"; readonly data: undefined; readonly error: AskError };

/** The latest answers, so that going back shows at once what was there. Texts of queries are their names. */
const kept = new Map<string, unknown>();
const mostKept = 60;

function keep(key: string, data: unknown): void {
  kept.delete(key);
  kept.set(key, data);
  if (kept.size <= mostKept) return;
  for (const oldest of kept.keys()) {
    kept.delete(oldest);
    return;
  }
}

/**
 * Asks while a component is shown, and again when the variables or the turn change; the question before is given up.
 * What was answered before is shown until the new answer is there.
 */
export function useAnswer<Data, Variables>(
  document: TadaDocumentNode<Data, Variables>,
  variables: Variables,
  turn = 0,
): Answer<Data> {
  const key = `${queryText(document)} ${JSON.stringify(variables)}`;
  const [answer, setAnswer] = useState<{ key: string; answer: Answer<Data> }>(() => ({
    key,
    answer: fromKept(key),
  }));
  // The key stands for document and variables.
  useEffect(() => {
    const given = new AbortController();
    ask(document, variables, given.signal).then(
      (data) => {
        keep(key, data);
        setAnswer({ key, answer: { state: "answered", data } });
      },
      (error: unknown) => {
        if (given.signal.aborted) return;
        const shown =
          error instanceof AskError ? error : new AskError(String(error), "INTERNAL_SERVER_ERROR");
        setAnswer({ key, answer: { state: "failed", data: undefined, error: shown } });
      },
    );
    return () => given.abort();
  }, [key, turn]);
  return answer.key === key ? answer.answer : fromKept(key);
}

function fromKept<Data>(key: string): Answer<Data> {
  const data = kept.get(key) as Data | undefined;
  return data === undefined ? { state: "loading", data: undefined } : { state: "answered", data };
}

import { useEffect, useState } from "preact/hooks";
import { AskError, ask } from "../api/ask.ts";
import { type Found, searchQuery } from "./search-query.ts";

/** Milliseconds without a key pressed before anything is asked. */
const pause = 140;
const mostSuggestions = 8;

export type Suggestions = {
  /** What they are suggestions for. */
  readonly query: string;
  readonly found: readonly Found[];
  readonly totalCount: number;
  readonly error: AskError | null;
};

const none: Suggestions = { query: "", found: [], totalCount: 0, error: null };

/** What `search` finds for a text as it is typed: asked in a pause, and given up once there is more to ask. */
export function useSuggestions(text: string): Suggestions {
  const [suggestions, setSuggestions] = useState(none);
  const query = text.trim();
  useEffect(() => {
    if (query === "") {
      setSuggestions(none);
      return;
    }
    const given = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const { search } = await ask(searchQuery, { query, first: mostSuggestions }, given.signal);
        setSuggestions({ query, found: search.edges, totalCount: search.totalCount, error: null });
      } catch (error) {
        if (given.signal.aborted || !(error instanceof AskError)) return;
        setSuggestions({ ...none, query, error });
      }
    }, pause);
    return () => {
      clearTimeout(timer);
      given.abort();
    };
  }, [query]);
  return query === "" ? none : suggestions;
}

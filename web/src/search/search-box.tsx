import "./search.css";
import * as combobox from "@zag-js/combobox";
import { normalizeProps, useMachine } from "@zag-js/preact";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useMemo, useRef, useState } from "preact/hooks";
import { ApiError, request } from "../api/index.ts";
import { navigate, searchUrl } from "../routing/index.ts";
import { describeError } from "../ui/index.ts";
import { maxQueryLength, queryProblem, type SearchHit, searchQuery } from "./query.ts";
import { hitUrl, SearchResult } from "./search-result.tsx";

/** The search box. A suggestion opens its page; Enter shows all results. */
export function SearchBox({ size, initial = "" }: { size: "large" | "small"; initial?: string }) {
  return (
    <SuggestionBox
      label="Search papers and claims"
      placeholder={size === "small" ? "Search …" : "Title, author, claim, arXiv id or DOI"}
      buttonText="Search"
      size={size}
      initial={initial}
      hitUrl={hitUrl}
      onSubmit={(text) => navigate(searchUrl(text))}
    />
  );
}

type SuggestionBoxProps = {
  readonly label: string;
  readonly placeholder: string;
  /** The button's text. */
  readonly buttonText: string;
  readonly size: "large" | "small";
  readonly initial?: string;
  readonly isPrimary?: boolean;
  /** The URL that a suggestion opens. */
  readonly hitUrl: (found: SearchHit) => string;
  /** Called with the text if no suggestion is chosen. */
  readonly onSubmit: (text: string) => void;
  /** The box is cleared when this changes. */
  readonly resetKey?: string;
  /** Shown below the box, such as why a text was not accepted. */
  readonly children?: ComponentChildren;
  readonly onChange?: () => void;
};

/** An input for identifiers and words, with suggestions while typing. */
export function SuggestionBox(props: SuggestionBoxProps) {
  const {
    label,
    placeholder,
    buttonText,
    size,
    initial = "",
    isPrimary = true,
    hitUrl,
    onSubmit,
    resetKey,
  } = props;
  const [text, setText] = useState(initial);
  const [isTyped, setTyped] = useState(false);
  const { query, hits, totalCount, error } = useSuggestions(isTyped ? text : "");
  const collection = useMemo(
    () =>
      combobox.collection<SearchHit>({
        items: [...hits],
        itemToValue: ({ cursor }) => cursor,
        itemToString: () => text,
      }),
    [hits, text],
  );
  const service = useMachine(combobox.machine as combobox.Machine<SearchHit>, {
    id: useId(),
    collection,
    // Not controlled by `inputValue`: characters typed faster than renders would be lost.
    defaultInputValue: initial,
    value: [],
    allowCustomValue: true,
    selectionBehavior: "preserve",
    inputBehavior: "none",
    openOnClick: false,
    positioning: { sameWidth: true, gutter: 6, placement: "bottom-start" },
    onInputValueChange: ({ inputValue, reason }) => {
      setText(inputValue);
      props.onChange?.();
      if (reason === "input-change") setTyped(true);
    },
    navigate: ({ href }) => navigate(href),
  });
  const api = combobox.connect(service, normalizeProps);
  // Clear the input once the page shows the result.
  const lastResetKey = useRef(resetKey);
  useEffect(() => {
    if (lastResetKey.current !== resetKey) api.setInputValue("");
    lastResetKey.current = resetKey;
  }, [resetKey]);
  const labelProps = api.getLabelProps();
  const { role: _, ...inputProps } = api.getInputProps();
  const isCurrent = query !== "" && query === text.trim();

  const handleSubmit = (event: Event) => {
    event.preventDefault();
    const trimmed = text.trim();
    if (trimmed === "") return;
    api.setOpen(false);
    onSubmit(trimmed);
  };

  return (
    <search class={`search-box ${size}`}>
      <form {...api.getRootProps()} onSubmit={handleSubmit}>
        <label
          {...labelProps}
          htmlFor={labelProps.htmlFor}
          class={size === "small" ? "visually-hidden" : "search-label"}
        >
          {label}
        </label>
        <div {...api.getControlProps()} class="search-control">
          <input
            {...inputProps}
            type="text"
            role="combobox"
            aria-expanded={api.open}
            enterKeyHint="search"
            maxLength={maxQueryLength}
            spellcheck={false}
            placeholder={placeholder}
          />
          <button type="submit" class={isPrimary ? "button primary" : "button"}>
            {buttonText}
          </button>
        </div>
        <div {...api.getPositionerProps()} class="search-positioner">
          {api.open && isCurrent && hits.length > 0 && (
            <div {...api.getContentProps()} class="search-suggestions">
              {hits.map((item) => (
                <a key={item.cursor} {...api.getItemProps({ item })} href={hitUrl(item)} class="hit">
                  <SearchResult hit={item} />
                </a>
              ))}
            </div>
          )}
        </div>
      </form>
      <p class={error === null ? "visually-hidden" : "search-error"} role="status">
        {error !== null
          ? (queryProblem(text) ?? describeError(error).text)
          : isCurrent
            ? formatResultCount(totalCount)
            : ""}
      </p>
      {props.children}
    </search>
  );
}

function formatResultCount(count: number): string {
  if (count === 0) return "No results.";
  return count === 1 ? "1 result." : `${count.toLocaleString("en")} results.`;
}

/** A query is sent after this long without a key press. */
const typingPauseMs = 140;
const maxSuggestions = 8;

export type Suggestions = {
  /** The query of these suggestions. */
  readonly query: string;
  readonly hits: readonly SearchHit[];
  readonly totalCount: number;
  readonly error: ApiError | null;
};

const none: Suggestions = { query: "", hits: [], totalCount: 0, error: null };

/** Suggestions for a text as it is typed. A query still running is aborted when the text changes. */
function useSuggestions(text: string): Suggestions {
  const [suggestions, setSuggestions] = useState(none);
  const query = text.trim();
  useEffect(() => {
    if (query === "") {
      setSuggestions(none);
      return;
    }
    const controller = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const { search } = await request(searchQuery, { query, first: maxSuggestions }, controller.signal);
        setSuggestions({ query, hits: search.edges, totalCount: search.totalCount, error: null });
      } catch (error) {
        if (controller.signal.aborted || !(error instanceof ApiError)) return;
        setSuggestions({ ...none, query, error });
      }
    }, typingPauseMs);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [query]);
  return query === "" ? none : suggestions;
}

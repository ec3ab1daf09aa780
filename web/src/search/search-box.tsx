import "./search.css";
import * as combobox from "@zag-js/combobox";
import { normalizeProps, useMachine } from "@zag-js/preact";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useMemo, useRef, useState } from "preact/hooks";
import { AskError, ask } from "../api/index.ts";
import { goTo, searchAddress } from "../routing/index.ts";
import { errorWords } from "../ui/index.ts";
import { type Found, longestQuery, refusalOf, searchQuery } from "./query.ts";
import { FoundItem, foundAddress } from "./search-result.tsx";

/** The search box: suggestions lead to their pages, Enter without a choice shows all results. */
export function FindBox({ size, initial = "" }: { size: "large" | "small"; initial?: string }) {
  return (
    <SuggestionBox
      label="Search papers and claims"
      placeholder={size === "small" ? "Search …" : "Title, author, claim, arXiv id or DOI"}
      action="Search"
      size={size}
      initial={initial}
      addressOf={foundAddress}
      submit={(text) => goTo(searchAddress(text))}
    />
  );
}

type SuggestionBoxProps = {
  readonly label: string;
  readonly placeholder: string;
  /** The button's text. */
  readonly action: string;
  readonly size: "large" | "small";
  readonly initial?: string;
  readonly isPrimary?: boolean;
  /** Where choosing a suggestion leads. */
  readonly addressOf: (found: Found) => string;
  /** What is done with a text without a choice. */
  readonly submit: (text: string) => void;
  /** Names what the page shows: the box is emptied when that changes. */
  readonly answers?: string;
  /** Below the box: why a text was not accepted. */
  readonly children?: ComponentChildren;
  /** The text was changed. */
  readonly changed?: () => void;
};

/** A box for identifiers and words, with suggestions from the search as the reader types. */
export function SuggestionBox(props: SuggestionBoxProps) {
  const {
    label,
    placeholder,
    action,
    size,
    initial = "",
    isPrimary = true,
    addressOf,
    submit,
    answers,
  } = props;
  const [text, setText] = useState(initial);
  const [isTyped, setTyped] = useState(false);
  const { query, found, totalCount, error } = useSuggestions(isTyped ? text : "");
  const collection = useMemo(
    () =>
      combobox.collection<Found>({
        items: [...found],
        itemToValue: ({ cursor }) => cursor,
        itemToString: () => text,
      }),
    [found, text],
  );
  const service = useMachine(combobox.machine as combobox.Machine<Found>, {
    id: useId(),
    collection,
    // Not `inputValue`: what is typed faster than it is drawn would be lost.
    defaultInputValue: initial,
    value: [],
    allowCustomValue: true,
    selectionBehavior: "preserve",
    inputBehavior: "none",
    openOnClick: false,
    positioning: { sameWidth: true, gutter: 6, placement: "bottom-start" },
    onInputValueChange: ({ inputValue, reason }) => {
      setText(inputValue);
      props.changed?.();
      if (reason === "input-change") setTyped(true);
    },
    navigate: ({ href }) => goTo(href),
  });
  const api = combobox.connect(service, normalizeProps);
  // What was typed has been answered once the page shows something else.
  const answered = useRef(answers);
  useEffect(() => {
    if (answered.current !== answers) api.setInputValue("");
    answered.current = answers;
  }, [answers]);
  const labelProps = api.getLabelProps();
  const { role: _, ...inputProps } = api.getInputProps();
  const isAnswered = query !== "" && query === text.trim();

  const submitted = (event: Event) => {
    event.preventDefault();
    const given = text.trim();
    if (given === "") return;
    api.setOpen(false);
    submit(given);
  };

  return (
    <search class={`find ${size}`}>
      <form {...api.getRootProps()} onSubmit={submitted}>
        <label
          {...labelProps}
          htmlFor={labelProps.htmlFor}
          class={size === "small" ? "only-read" : "find-label"}
        >
          {label}
        </label>
        <div {...api.getControlProps()} class="find-control">
          <input
            {...inputProps}
            type="text"
            role="combobox"
            aria-expanded={api.open}
            enterKeyHint="search"
            maxLength={longestQuery}
            spellcheck={false}
            placeholder={placeholder}
          />
          <button type="submit" class={isPrimary ? "button first" : "button"}>
            {action}
          </button>
        </div>
        <div {...api.getPositionerProps()} class="find-positioner">
          {api.open && isAnswered && found.length > 0 && (
            <div {...api.getContentProps()} class="find-list">
              {found.map((item) => (
                <a key={item.cursor} {...api.getItemProps({ item })} href={addressOf(item)} class="found">
                  <FoundItem found={item} />
                </a>
              ))}
            </div>
          )}
        </div>
      </form>
      <p class={error === null ? "only-read" : "find-error"} role="status">
        {error !== null
          ? (refusalOf(text) ?? errorWords(error).text)
          : isAnswered
            ? countInWords(totalCount)
            : ""}
      </p>
      {props.children}
    </search>
  );
}

function countInWords(count: number): string {
  if (count === 0) return "No results.";
  return count === 1 ? "1 result." : `${count.toLocaleString("en")} results.`;
}

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

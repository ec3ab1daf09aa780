import "./find.css";
import * as combobox from "@zag-js/combobox";
import { normalizeProps, useMachine } from "@zag-js/preact";
import { useId, useMemo, useState } from "preact/hooks";
import { searchAddress } from "../routing/addresses.ts";
import { goTo } from "../routing/navigation.ts";
import { foundAddress } from "./found-address.ts";
import { FoundItem } from "./found-item.tsx";
import type { Found } from "./search-query.ts";
import { useSuggestions } from "./use-suggestions.ts";

/**
 * One box that takes any identifier, words of titles and words of claims, and shows what they find as one types.
 * Enter without a choice shows all results.
 */
export function FindBox({ size, initial = "" }: { size: "large" | "small"; initial?: string }) {
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
      if (reason === "input-change") setTyped(true);
    },
    navigate: ({ href }) => goTo(href),
  });
  const api = combobox.connect(service, normalizeProps);
  const labelProps = api.getLabelProps();
  const { role: _, ...inputProps } = api.getInputProps();
  const isAnswered = query !== "" && query === text.trim();

  const submit = (event: Event) => {
    event.preventDefault();
    if (text.trim() === "") return;
    api.setOpen(false);
    goTo(searchAddress(text.trim()));
  };

  return (
    <search class={`find ${size}`}>
      <form {...api.getRootProps()} onSubmit={submit}>
        <label
          {...labelProps}
          htmlFor={labelProps.htmlFor}
          class={size === "small" ? "only-read" : "find-label"}
        >
          Find papers and claims
        </label>
        <div {...api.getControlProps()} class="find-control">
          <input
            {...inputProps}
            type="text"
            role="combobox"
            aria-expanded={api.open}
            enterKeyHint="search"
            maxLength={500}
            spellcheck={false}
            placeholder={size === "small" ? "Find …" : "An arXiv id, a DOI, a Pith number, or words"}
          />
          <button type="submit" class="button first">
            Find
          </button>
        </div>
        <div {...api.getPositionerProps()} class="find-positioner">
          {api.open && isAnswered && found.length > 0 && (
            <div {...api.getContentProps()} class="find-list">
              {found.map((item) => (
                <a key={item.cursor} {...api.getItemProps({ item })} href={foundAddress(item)} class="found">
                  <FoundItem found={item} />
                </a>
              ))}
            </div>
          )}
        </div>
      </form>
      <p class={error === null ? "only-read" : "find-error"} role="status">
        {error !== null ? error.message : isAnswered ? countInWords(totalCount) : ""}
      </p>
    </search>
  );
}

function countInWords(count: number): string {
  if (count === 0) return "Nothing found.";
  return count === 1 ? "One result." : `${count.toLocaleString("en")} results.`;
}

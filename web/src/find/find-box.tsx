import { searchAddress } from "../routing/addresses.ts";
import { goTo } from "../routing/navigation.ts";
import { foundAddress } from "./found-address.ts";
import { SuggestionBox } from "./suggestion-box.tsx";

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

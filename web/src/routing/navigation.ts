import { useEffect, useState } from "preact/hooks";
import { placeOf } from "./addresses.ts";

type Listener = (address: URL) => void;

const listeners = new Set<Listener>();

function tell(): void {
  const address = new URL(location.href);
  for (const listener of listeners) listener(address);
}

/**
 * Goes to an address within the explorer, as a click on a link does. `stay` is a step that back undoes, and leaves the
 * page where it is scrolled to; `replace` is none.
 */
export function goTo(href: string, how: "push" | "stay" | "replace" = "push"): void {
  const address = new URL(href, location.href);
  if (placeOf(address) === null) {
    location.assign(address);
    return;
  }
  if (how === "replace" || address.href === location.href) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
  tell();
  if (how === "push") scrollTo({ top: 0, behavior: "instant" });
}

/** The address shown now; whoever uses it is drawn again when it changes. */
export function useAddress(): URL {
  const [address, setAddress] = useState(() => new URL(location.href));
  useEffect(() => {
    listeners.add(setAddress);
    setAddress(new URL(location.href));
    return () => {
      listeners.delete(setAddress);
    };
  }, []);
  return address;
}

/** Turns clicks on ordinary links to pages of the explorer into changes of address without loading anew. */
export function followLinks(): void {
  addEventListener("popstate", tell);
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    if (!(link instanceof HTMLAnchorElement) || link.target !== "" || link.hasAttribute("download")) return;
    const address = new URL(link.href);
    if (placeOf(address) === null) return;
    // A place within the page that is shown.
    if (address.hash !== "" && address.pathname === location.pathname && address.search === location.search) {
      return;
    }
    event.preventDefault();
    goTo(address.href);
  });
}

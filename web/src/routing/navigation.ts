import { useEffect, useState } from "preact/hooks";
import { matchRoute } from "./urls.ts";

type Listener = (address: URL) => void;

const listeners = new Set<Listener>();

/** How far down each entry of the history was scrolled, so that going back leads to where one was. */
const scrollPositions = new Map<string, number>();
/** The name of the entry that is shown. */
let entry = "";

function notify(): void {
  const address = new URL(location.href);
  for (const listener of listeners) listener(address);
}

/**
 * Goes to an address within the explorer, as a click on a link does; elsewhere, by leaving the page. Another page
 * begins at its top; a change of the query alone leaves what is shown where it is.
 */
export function navigate(href: string, how: "push" | "replace" = "push"): void {
  const address = new URL(href, location.href);
  if (matchRoute(address) === null) {
    location.assign(address);
    return;
  }
  const isOtherPage = address.pathname !== location.pathname;
  if (how === "replace" || address.href === location.href) {
    history.replaceState({ entry }, "", address);
  } else {
    scrollPositions.set(entry, scrollY);
    entry = crypto.getRandomValues(new Uint32Array(2)).join("-");
    history.pushState({ entry }, "", address);
  }
  notify();
  if (isOtherPage) scrollTo({ top: 0, behavior: "instant" });
}

/** The address shown now; whoever uses it is drawn again when it changes. */
export function useCurrentUrl(): URL {
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
export function startNavigation(): void {
  readEntry();
  history.scrollRestoration = "manual";
  addEventListener("popstate", () => {
    scrollPositions.set(entry, scrollY);
    readEntry();
    notify();
    const position = scrollPositions.get(entry);
    if (position !== undefined) scrollWhenRendered(position);
  });
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    if (!(link instanceof HTMLAnchorElement) || link.target !== "" || link.hasAttribute("download")) return;
    const address = new URL(link.href);
    if (matchRoute(address) === null) return;
    // A place within the page that is shown: the browser's own.
    if (address.hash !== "" && address.pathname === location.pathname && address.search === location.search) {
      return;
    }
    event.preventDefault();
    navigate(address.href);
  });
}

/** Reads the name of the entry that is shown now, and gives it one where it has none. */
function readEntry(): void {
  const state = history.state as { readonly entry?: unknown } | null;
  if (typeof state?.entry === "string") {
    entry = state.entry;
    return;
  }
  entry = crypto.getRandomValues(new Uint32Array(2)).join("-");
  history.replaceState({ entry }, "");
}

/** Scrolls once the page is long enough: what is kept of it is drawn within a few frames. */
function scrollWhenRendered(position: number): void {
  let frames = 0;
  const check = () => {
    const isLongEnough = document.documentElement.scrollHeight - innerHeight >= position;
    if (isLongEnough || ++frames > 30) scrollTo({ top: position, behavior: "instant" });
    else requestAnimationFrame(check);
  };
  requestAnimationFrame(check);
}

/** Names the page for the browser's tabs and history. */
export function useTitle(title: string | null): void {
  useEffect(() => {
    document.title = title === null ? "pith-graph" : `${title.slice(0, 120)} · pith-graph`;
  }, [title]);
}

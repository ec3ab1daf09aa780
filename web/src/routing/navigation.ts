import { useEffect, useState } from "preact/hooks";
import { matchRoute } from "./urls.ts";

type Listener = (address: URL) => void;

const listeners = new Set<Listener>();

/** The scroll position of each history entry. */
const scrollPositions = new Map<string, number>();
/** The id of the current history entry. */
let entry = "";

function notify(): void {
  const address = new URL(location.href);
  for (const listener of listeners) listener(address);
}

/**
 * Navigates to a URL as a click on a link does; URLs outside of the explorer leave the page. A new page starts at its
 * top; a changed query string keeps the scroll position.
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

/** The current URL. Components that use it render again when it changes. */
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

/** Handles clicks on links to pages of the explorer without loading the page. */
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
    // Leave fragments of the current page to the browser.
    if (address.hash !== "" && address.pathname === location.pathname && address.search === location.search) {
      return;
    }
    event.preventDefault();
    navigate(address.href);
  });
}

/** Reads the id of the current history entry, and assigns one if it has none. */
function readEntry(): void {
  const state = history.state as { readonly entry?: unknown } | null;
  if (typeof state?.entry === "string") {
    entry = state.entry;
    return;
  }
  entry = crypto.getRandomValues(new Uint32Array(2)).join("-");
  history.replaceState({ entry }, "");
}

/** Scrolls as soon as the page is high enough: cached content is rendered within a few frames. */
function scrollWhenRendered(position: number): void {
  let frames = 0;
  const check = () => {
    const isLongEnough = document.documentElement.scrollHeight - innerHeight >= position;
    if (isLongEnough || ++frames > 30) scrollTo({ top: position, behavior: "instant" });
    else requestAnimationFrame(check);
  };
  requestAnimationFrame(check);
}

/** Sets the document's title. */
export function useTitle(title: string | null): void {
  useEffect(() => {
    document.title = title === null ? "pith-graph" : `${title.slice(0, 120)} · pith-graph`;
  }, [title]);
}

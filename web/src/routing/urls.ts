import { formatRefList } from "../text/index.ts";

/** A page of the explorer with its parameters, read from a URL. */
export type Route =
  | { readonly page: "home" }
  | { readonly page: "search"; readonly query: string }
  | { readonly page: "paper"; readonly ref: string }
  | { readonly page: "graph" }
  | { readonly page: "overview" }
  | { readonly page: "not-found" };

/** The page at a URL of this mirror; null if the URL is another server's or belongs to the server's own routes. */
export function matchRoute(address: URL): Route | null {
  const base = baseUrl();
  if (address.origin !== base.origin || !address.pathname.startsWith(base.pathname)) return null;
  const path = address.pathname.slice(base.pathname.length);
  if (path === "") return { page: "home" };
  if (path === "search") return { page: "search", query: address.searchParams.get("q") ?? "" };
  if (path === "graph") return { page: "graph" };
  if (path === "overview") return { page: "overview" };
  if (path.startsWith("paper/")) {
    const ref = decode(path.slice("paper/".length));
    return ref === null || ref === "" ? { page: "not-found" } : { page: "paper", ref };
  }
  return null;
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

export function homeUrl(): string {
  return baseUrl().pathname;
}

export function searchUrl(query: string): string {
  return `${baseUrl().pathname}search?${new URLSearchParams({ q: query })}`;
}

/**
 * Refs may contain slashes (`hep-th/9711200`, DOIs). They stay slashes, because proxies disagree on `%2F`. Only the
 * second of two slashes and the segments `.` and `..` are escaped.
 */
export function paperUrl(ref: string): string {
  const path = ref
    .split("/")
    .map((step, index) => {
      const text = encodeURIComponent(step).replaceAll("%3A", ":");
      return index > 0 && (step === "" || step === "." || step === "..") ? `%2F${text}` : `/${text}`;
    })
    .join("")
    .slice(1);
  return `${baseUrl().pathname}paper/${path}`;
}

/** The graph around works. Takes the refs of `work(ref:)`. */
export function graphUrl(refs: readonly string[]): string {
  return graphUrlWith(new URLSearchParams(refs.length > 0 ? { of: formatRefList(refs) } : {}));
}

/** The graph page with these parameters (graph/graph-url.ts). */
export function graphUrlWith(parameters: URLSearchParams): string {
  return `${baseUrl().pathname}graph${parameters.size > 0 ? `?${parameters}` : ""}`;
}

export function overviewUrl(): string {
  return `${baseUrl().pathname}overview`;
}

/** A URL of the server's own routes: `graphql`, `pith/…/bundle.json`. */
export function serverUrl(path: string): string {
  return `${baseUrl().pathname}${path}`;
}

/**
 * The URL of this mirror's root, which ends with `/`. The scripts are in `assets/` below it, so it is right even if a
 * proxy serves the mirror below a path prefix.
 */
function baseUrl(): URL {
  return import.meta.env.DEV
    ? new URL("/", location.href)
    : new URL(/* @vite-ignore */ "../", import.meta.url);
}

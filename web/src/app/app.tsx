import "./app.css";
import type { ComponentType } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { matchRoute, type Route, useCurrentUrl } from "../routing/index.ts";
import { ErrorNotice } from "../ui/index.ts";
import { Footer, Header } from "./layout.tsx";

/** Identifies a page's content: a changed filter or fragment is still the same page. */
function nameOf(route: Route): string {
  return route.page === "paper" ? `paper ${route.ref}` : route.page;
}

/** The explorer: header, footer, and the page of the current URL. */
export function App() {
  const address = useCurrentUrl();
  const route = matchRoute(address) ?? { page: "not-found" };
  const name = nameOf(route);
  const main = useRef<HTMLElement>(null);
  const shown = useRef(name);
  useEffect(() => {
    // Move the focus to a new page, so that screen readers start at its beginning.
    if (shown.current !== name) main.current?.focus({ preventScroll: true });
    shown.current = name;
  }, [name]);
  return (
    <div class="shell">
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <Header route={route} />
      <main id="content" ref={main} tabIndex={-1}>
        <Page route={route} key={name} />
      </main>
      <Footer />
    </div>
  );
}

type PageOf<Name extends Route["page"]> = ComponentType<{ route: Extract<Route, { page: Name }> }>;

/** Each page's code is loaded when the page is first shown. */
const pages: { readonly [Name in Route["page"]]: () => Promise<PageOf<Name>> } = {
  home: async () => (await import("../pages/home/index.tsx")).HomePage,
  search: async () => (await import("../pages/search/index.tsx")).SearchPage,
  paper: async () => (await import("../pages/paper/index.ts")).PaperPage,
  graph: async () => (await import("../pages/graph/index.ts")).GraphPage,
  overview: async () => (await import("../pages/overview/index.ts")).OverviewPage,
  "not-found": async () => (await import("../pages/not-found/index.tsx")).NotFoundPage,
};

const fetched = new Map<Route["page"], ComponentType<{ route: Route }>>();

export function Page({ route }: { route: Route }) {
  const [failed, setFailed] = useState(false);
  const [, redraw] = useState(0);
  const { page } = route;
  useEffect(() => {
    if (fetched.has(page)) return;
    pages[page]().then(
      (component) => {
        fetched.set(page, component as ComponentType<{ route: Route }>);
        redraw((count) => count + 1);
      },
      () => setFailed(true),
    );
  }, [page]);
  const Shown = fetched.get(page);
  if (Shown !== undefined) return <Shown route={route} />;
  if (!failed) return <p class="soft loading">Loading …</p>;
  return (
    <ErrorNotice
      error={null}
      title="This page could not be loaded"
      text="The server may be away, or was updated since you opened this page."
    >
      <p>
        <a href={location.href} target="_self">
          Reload the page
        </a>
      </p>
    </ErrorNotice>
  );
}

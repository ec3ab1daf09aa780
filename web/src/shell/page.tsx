import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Place } from "../routing/addresses.ts";
import { ErrorNotice } from "./error-notice.tsx";

type PageOf<Name extends Place["page"]> = ComponentType<{ place: Extract<Place, { page: Name }> }>;

/** Each page's code is fetched when the page is first shown. */
const pages: { readonly [Name in Place["page"]]: () => Promise<PageOf<Name>> } = {
  home: async () => (await import("../pages/home/home-page.tsx")).HomePage,
  search: async () => (await import("../pages/search/search-page.tsx")).SearchPage,
  paper: async () => (await import("../pages/paper/paper-page.tsx")).PaperPage,
  graph: async () => (await import("../pages/graph/graph-page.tsx")).GraphPage,
  overview: async () => (await import("../pages/overview/overview-page.tsx")).OverviewPage,
  nowhere: async () => (await import("../pages/not-found/not-found-page.tsx")).NotFoundPage,
};

const fetched = new Map<Place["page"], ComponentType<{ place: Place }>>();

export function Page({ place }: { place: Place }) {
  const [failed, setFailed] = useState(false);
  const [, redraw] = useState(0);
  const { page } = place;
  useEffect(() => {
    if (fetched.has(page)) return;
    pages[page]().then(
      (component) => {
        fetched.set(page, component as ComponentType<{ place: Place }>);
        redraw((count) => count + 1);
      },
      () => setFailed(true),
    );
  }, [page]);
  const Shown = fetched.get(page);
  if (Shown !== undefined) return <Shown place={place} />;
  if (!failed) return <p class="soft waiting">Loading …</p>;
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

import "./shell.css";
import { useEffect, useRef } from "preact/hooks";
import { type Place, placeOf } from "../routing/addresses.ts";
import { useAddress } from "../routing/navigation.ts";
import { Footer } from "./footer.tsx";
import { Header } from "./header.tsx";
import { Page } from "./page.tsx";

/** What names a page's content: another address of the same page (a filter, a fragment) is no other page. */
function nameOf(place: Place): string {
  return place.page === "paper" ? `paper ${place.ref}` : place.page;
}

/** The whole explorer: what is around a page, and the page that the address names. */
export function App() {
  const address = useAddress();
  const place = placeOf(address) ?? { page: "nowhere" };
  const name = nameOf(place);
  const main = useRef<HTMLElement>(null);
  const shown = useRef(name);
  useEffect(() => {
    // A new page is read from its beginning, also by who hears it.
    if (shown.current !== name) main.current?.focus({ preventScroll: true });
    shown.current = name;
  }, [name]);
  return (
    <div class="shell">
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <Header place={place} />
      <main id="content" ref={main} tabIndex={-1}>
        <Page place={place} key={name} />
      </main>
      <Footer />
    </div>
  );
}

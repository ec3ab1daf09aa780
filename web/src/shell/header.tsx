import {
  graphAddress,
  homeAddress,
  overviewAddress,
  type Place,
  serverAddress,
} from "../routing/addresses.ts";
import icon from "../theme/icon.svg";
import { ThemeSwitch } from "./theme-switch.tsx";

export function Header({ place }: { place: Place }) {
  const entry = (page: Place["page"], href: string, text: string) => (
    <li>
      <a href={href} aria-current={place.page === page ? "page" : undefined}>
        {text}
      </a>
    </li>
  );
  return (
    <header class="top">
      <a class="brand" href={homeAddress()}>
        <img src={icon} alt="" width={26} height={26} />
        <span>pith-graph</span>
      </a>
      <nav aria-label="Pages">
        <ul>
          {entry("home", homeAddress(), "Search")}
          {entry("graph", graphAddress([]), "Graph")}
          {entry("overview", overviewAddress(), "Overview")}
          <li>
            <a href={serverAddress("graphql")}>API</a>
          </li>
        </ul>
      </nav>
      <ThemeSwitch />
    </header>
  );
}

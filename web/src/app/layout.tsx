import { graphAddress, homeAddress, overviewAddress, type Place, serverAddress } from "../routing/index.ts";
import icon from "../theme/icon.svg";
import { chooseTheme, type ThemeChoice, useTheme } from "../theme/index.ts";

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

const choices: readonly (readonly [ThemeChoice, string])[] = [
  ["auto", "System"],
  ["light", "Light"],
  ["dark", "Dark"],
];

export function ThemeSwitch() {
  const { choice } = useTheme();
  return (
    <label class="theme-switch">
      <span>Theme</span>
      <select
        value={choice}
        onChange={({ currentTarget }) => chooseTheme(currentTarget.value as ThemeChoice)}
      >
        {choices.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

export function Footer() {
  return (
    <footer class="bottom">
      <p>
        A mirror of the Pith Open Graph. Every statement shows who signed it. You don't have to trust this
        server: each paper's page can verify it again in your browser.
      </p>
      <p>
        <a href={serverAddress("graphql")}>GraphQL</a> ·{" "}
        <a href={serverAddress("pith-mirrors.json")}>Mirrors</a>
      </p>
    </footer>
  );
}

import { graphUrl, homeUrl, overviewUrl, type Route, serverUrl } from "../routing/index.ts";
import icon from "../theme/icon.svg";
import { setTheme, type ThemeChoice, useTheme } from "../theme/index.ts";

export function Header({ route }: { route: Route }) {
  const entry = (page: Route["page"], href: string, text: string) => (
    <li>
      <a href={href} aria-current={route.page === page ? "page" : undefined}>
        {text}
      </a>
    </li>
  );
  return (
    <header class="top">
      <a class="brand" href={homeUrl()}>
        <img src={icon} alt="" width={26} height={26} />
        <span>pith-graph</span>
      </a>
      <nav aria-label="Pages">
        <ul>
          {entry("home", homeUrl(), "Search")}
          {entry("graph", graphUrl([]), "Graph")}
          {entry("overview", overviewUrl(), "Overview")}
          <li>
            <a href={serverUrl("graphql")}>API</a>
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
      <select value={choice} onChange={({ currentTarget }) => setTheme(currentTarget.value as ThemeChoice)}>
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
        <a href={serverUrl("graphql")}>GraphQL</a> · <a href={serverUrl("pith-mirrors.json")}>Mirrors</a>
      </p>
    </footer>
  );
}

import { serverAddress } from "../routing/addresses.ts";

export function Footer() {
  return (
    <footer class="bottom">
      <p>
        A mirror of the Pith Open Graph. It shows what signed events say, who says it, and how far that is
        proved. Nothing here needs to be believed: each paper's page verifies it again in your browser.
      </p>
      <p>
        <a href={serverAddress("graphql")}>GraphQL</a> ·{" "}
        <a href={serverAddress("pith-mirrors.json")}>Mirrors</a>
      </p>
    </footer>
  );
}

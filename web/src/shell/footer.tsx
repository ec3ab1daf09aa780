import { serverAddress } from "../routing/addresses.ts";

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

import { homeUrl, useTitle } from "../../routing/index.ts";
import { SearchBox } from "../../search/index.ts";

export function NotFoundPage() {
  useTitle("Page not found");
  return (
    <>
      <h1>Page not found</h1>
      <div class="empty">
        <p>
          There is no page at <bdi class="document-text">{displayPath()}</bdi>. Check the address, or search
          for the paper:
        </p>
        <SearchBox size="small" />
        <p>
          <a href={homeUrl()}>Go to the home page</a>
        </p>
      </div>
    </>
  );
}

function displayPath(): string {
  const path = location.pathname;
  try {
    return decodeURI(path).slice(0, 200);
  } catch {
    return path.slice(0, 200);
  }
}

import { homeAddress, useTitle } from "../../routing/index.ts";
import { FindBox } from "../../search/index.ts";

export function NotFoundPage() {
  useTitle("Page not found");
  return (
    <>
      <h1>Page not found</h1>
      <div class="empty">
        <p>
          There is no page at <bdi class="said">{shownPath()}</bdi>. Check the address, or search for the
          paper:
        </p>
        <FindBox size="small" />
        <p>
          <a href={homeAddress()}>Go to the home page</a>
        </p>
      </div>
    </>
  );
}

function shownPath(): string {
  const path = location.pathname;
  try {
    return decodeURI(path).slice(0, 200);
  } catch {
    return path.slice(0, 200);
  }
}

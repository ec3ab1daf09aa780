import { FindBox } from "../../find/find-box.tsx";
import { homeAddress } from "../../routing/addresses.ts";
import { useTitle } from "../../shell/use-title.ts";

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

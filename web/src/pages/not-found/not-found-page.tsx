import { homeAddress } from "../../routing/addresses.ts";
import { useTitle } from "../../shell/use-title.ts";

export function NotFoundPage() {
  useTitle("Nothing is here");
  return (
    <>
      <h1>Nothing is here</h1>
      <div class="empty">
        <p>
          The address names no page. <a href={homeAddress()}>Find a paper</a>
        </p>
      </div>
    </>
  );
}

import { useTitle } from "../../shell/use-title.ts";

export function HomePage() {
  useTitle("Find");
  return (
    <>
      <h1>Find</h1>
      <p class="soft">This page is not there yet.</p>
    </>
  );
}

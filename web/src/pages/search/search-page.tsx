import { useTitle } from "../../shell/use-title.ts";

export function SearchPage() {
  useTitle("Results");
  return (
    <>
      <h1>Results</h1>
      <p class="soft">This page is not there yet.</p>
    </>
  );
}

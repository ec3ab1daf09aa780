import { useTitle } from "../../shell/use-title.ts";

export function GraphPage() {
  useTitle("Graph");
  return (
    <>
      <h1>Graph</h1>
      <p class="soft">This page is not there yet.</p>
    </>
  );
}

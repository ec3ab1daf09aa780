import { useTitle } from "../../shell/use-title.ts";

export function PaperPage() {
  useTitle("Paper");
  return (
    <>
      <h1>Paper</h1>
      <p class="soft">This page is not there yet.</p>
    </>
  );
}

import { useState } from "preact/hooks";

export type SaveAs = "svg" | "png" | "graphml" | "works.csv" | "citations.csv";

const texts: readonly (readonly [SaveAs, string])[] = [
  ["svg", "Picture (SVG)"],
  ["png", "Picture (PNG)"],
  ["graphml", "Graph (GraphML)"],
  ["works.csv", "Works (CSV)"],
  ["citations.csv", "Citations (CSV)"],
];

/** Saves what is shown, in a form of choice. */
export function SaveMenu({ hasPicture, save }: { hasPicture: boolean; save: (as: SaveAs) => Promise<void> }) {
  const [isFailed, setFailed] = useState(false);
  const choose = (as: SaveAs) => {
    setFailed(false);
    save(as).catch(() => setFailed(true));
  };
  return (
    <fieldset class="save">
      <legend class="only-read">Save what is shown</legend>
      <span class="small soft" aria-hidden="true">
        Save
      </span>
      {texts
        .filter(([as]) => hasPicture || (as !== "svg" && as !== "png"))
        .map(([as, text]) => (
          <button key={as} type="button" class="button small" onClick={() => choose(as)}>
            {text}
          </button>
        ))}
      {isFailed && <span role="alert">It could not be saved.</span>}
    </fieldset>
  );
}

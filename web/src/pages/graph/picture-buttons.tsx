import type { RefObject } from "preact";
import type { GraphDrawing } from "../../graph-view/drawing/graph-drawing.ts";

/** What the wheel and two fingers do, for who has neither. */
export function PictureButtons({
  drawing,
  isCalm,
}: {
  drawing: RefObject<GraphDrawing | null>;
  isCalm: boolean;
}) {
  return (
    <fieldset class="picture-buttons">
      <legend class="only-read">View</legend>
      <button
        type="button"
        title="Closer"
        aria-label="Closer"
        onClick={() => drawing.current?.zoom(1.5, isCalm)}
      >
        +
      </button>
      <button
        type="button"
        title="Further away"
        aria-label="Further away"
        onClick={() => drawing.current?.zoom(1 / 1.5, isCalm)}
      >
        −
      </button>
      <button type="button" onClick={() => drawing.current?.fit(isCalm)}>
        All
      </button>
    </fieldset>
  );
}

import type { RefObject } from "preact";
import type { GraphDrawing } from "../../graph-view/drawing/graph-drawing.ts";

/** Zooming without a wheel or two fingers. */
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
        title="Zoom in"
        aria-label="Zoom in"
        onClick={() => drawing.current?.zoom(1.5, isCalm)}
      >
        +
      </button>
      <button
        type="button"
        title="Zoom out"
        aria-label="Zoom out"
        onClick={() => drawing.current?.zoom(1 / 1.5, isCalm)}
      >
        −
      </button>
      <button type="button" onClick={() => drawing.current?.fit(isCalm)}>
        Fit
      </button>
    </fieldset>
  );
}

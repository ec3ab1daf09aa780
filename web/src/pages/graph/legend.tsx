import type { Colouring } from "../../graph-view/graph-place.ts";
import type { GraphWork } from "../../graph-view/neighbourhood.ts";
import { type Colours, type Shape, shapeLegend } from "../../graph-view/palette.ts";

const paths: Readonly<Record<Shape, string>> = {
  circle: "M8 2a6 6 0 1 0 .01 0z",
  square: "M2.8 2.8h10.4v10.4H2.8z",
  triangle: "M8 1.8 14.2 13H1.8z",
  diamond: "M8 1.5 14.5 8 8 14.5 1.5 8z",
};

export function Mark({ shape, colour }: { shape: Shape; colour: string }) {
  return (
    <svg class="mark" viewBox="0 0 16 16" width="13" height="13" aria-hidden="true">
      <path d={paths[shape]} fill={colour} />
    </svg>
  );
}

/** The meaning of colours, shapes and sizes. */
export function Legend({
  colours,
  colouring,
  works,
}: {
  colours: Colours;
  colouring: Colouring;
  works: readonly GraphWork[];
}) {
  return (
    <dl class="legend small">
      <div>
        <dt>{colouring === "category" ? "Category" : "Trust"}</dt>
        {colours.legend.map(({ key, text, colour }) => (
          <dd key={key}>
            <Mark shape="circle" colour={colour} /> {text}
          </dd>
        ))}
      </div>
      <div>
        <dt>Shape</dt>
        {shapeLegend(works).map(({ shape, text }) => (
          <dd key={shape}>
            <Mark shape={shape} colour="currentColor" /> {text}
          </dd>
        ))}
      </div>
      <div>
        <dt>Size</dt>
        <dd>Citations</dd>
      </div>
    </dl>
  );
}

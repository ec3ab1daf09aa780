import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Colouring, type Colours, type GraphWork, type Shape, shapeLegend } from "../../graph/index.ts";
import type { Drawn, GraphDrawing, Listeners, Marks } from "../../graph-drawing/index.ts";
import { readLook, type Theme } from "../../theme/index.ts";

type PictureProps = {
  readonly drawn: Drawn;
  readonly marks: Marks;
  readonly theme: Theme;
  readonly isCalm: boolean;
  readonly listeners: Listeners;
  /** What the picture shows, in a sentence. */
  readonly label: string;
  readonly pressed: (event: KeyboardEvent) => void;
  readonly focusLeft: () => void;
  /** The picture, once it is there; null when it has gone. */
  readonly drawing: (drawing: GraphDrawing | null) => void;
};

/** The graph, drawn. sigma and graphology are fetched when the first one is. */
export function Picture(props: PictureProps) {
  const { drawn, marks, theme, isCalm, label, pressed, focusLeft } = props;
  const container = useRef<HTMLDivElement>(null);
  const axis = useRef<SVGSVGElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const [shown, setShown] = useState<GraphDrawing | null>(null);
  const [isFailed, setFailed] = useState(false);

  useEffect(() => {
    let isGone = false;
    let made: GraphDrawing | undefined;
    import("../../graph-drawing/index.ts")
      .then(({ GraphDrawing }) => {
        if (isGone || container.current === null || axis.current === null) return;
        made = new GraphDrawing(container.current, {
          axis: axis.current,
          look: readLook(),
          listeners: {
            hovered: (id) => latest.current.listeners.hovered(id),
            chosen: (id, isAdded) => latest.current.listeners.chosen(id, isAdded),
            opened: (id) => latest.current.listeners.opened(id),
            moved: (id, to) => latest.current.listeners.moved(id, to),
          },
        });
        setShown(made);
        latest.current.drawing(made);
      })
      .catch(() => setFailed(true));
    return () => {
      isGone = true;
      made?.destroy();
      latest.current.drawing(null);
    };
  }, []);
  useEffect(() => shown?.setLook(readLook()), [shown, theme]);
  useEffect(() => shown?.show(drawn, isCalm), [shown, drawn, isCalm]);
  useEffect(() => shown?.mark(marks), [shown, marks, drawn]);

  if (isFailed) {
    return (
      <p class="notice" role="alert">
        This browser cannot draw the graph: it has no WebGL 2. The table shows the same.
      </p>
    );
  }
  return (
    <div
      class="picture"
      role="application"
      aria-roledescription="graph"
      aria-label={label}
      aria-describedby="picture-keys"
      tabIndex={0}
      data-drawn={shown !== null && drawn.works.length > 0 ? "true" : undefined}
      onKeyDown={pressed}
      onBlur={focusLeft}
    >
      <svg class="axis" ref={axis} aria-hidden="true" />
      <div class="stage" ref={container} />
    </div>
  );
}

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

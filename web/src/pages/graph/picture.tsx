import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import {
  type Colouring,
  type ColourScheme,
  type GraphWork,
  type Shape,
  shapeLegend,
} from "../../graph/index.ts";
import type { GraphDrawing, GraphListeners, Marks, Scene } from "../../graph-drawing/index.ts";
import { readThemeTokens, type Theme } from "../../theme/index.ts";

type PictureProps = {
  readonly scene: Scene;
  readonly marks: Marks;
  readonly theme: Theme;
  readonly reducedMotion: boolean;
  readonly listeners: GraphListeners;
  /** The accessible name of the picture. */
  readonly label: string;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onBlur: () => void;
  /** Called with the drawing when it is ready, and with null when it is destroyed. */
  readonly onReady: (drawing: GraphDrawing | null) => void;
};

/** The picture of the graph. Sigma and graphology are loaded with the first one. */
export function Picture(props: PictureProps) {
  const { scene, marks, theme, reducedMotion, label, onKeyDown, onBlur } = props;
  const container = useRef<HTMLDivElement>(null);
  const axis = useRef<SVGSVGElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const [drawing, setDrawing] = useState<GraphDrawing | null>(null);
  const [isFailed, setFailed] = useState(false);

  useEffect(() => {
    let isUnmounted = false;
    let created: GraphDrawing | undefined;
    import("../../graph-drawing/index.ts")
      .then(({ GraphDrawing }) => {
        if (isUnmounted || container.current === null || axis.current === null) return;
        created = new GraphDrawing(container.current, {
          axis: axis.current,
          tokens: readThemeTokens(),
          listeners: {
            onHover: (id) => latest.current.listeners.onHover(id),
            onSelect: (id, isAdded) => latest.current.listeners.onSelect(id, isAdded),
            onOpen: (id) => latest.current.listeners.onOpen(id),
            onMove: (id, to) => latest.current.listeners.onMove(id, to),
          },
        });
        setDrawing(created);
        latest.current.onReady(created);
      })
      .catch(() => setFailed(true));
    return () => {
      isUnmounted = true;
      created?.destroy();
      latest.current.onReady(null);
    };
  }, []);
  useEffect(() => drawing?.setTokens(readThemeTokens()), [drawing, theme]);
  useEffect(() => drawing?.showScene(scene, reducedMotion), [drawing, scene, reducedMotion]);
  useEffect(() => drawing?.setMarks(marks), [drawing, marks, scene]);

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
      data-drawn={drawing !== null && scene.works.length > 0 ? "true" : undefined}
      onKeyDown={onKeyDown}
      onBlur={onBlur}
    >
      <svg class="axis" ref={axis} aria-hidden="true" />
      <div class="stage" ref={container} />
    </div>
  );
}

/** Buttons for zooming without a wheel or two fingers. */
export function PictureButtons({
  drawing,
  reducedMotion,
}: {
  drawing: RefObject<GraphDrawing | null>;
  reducedMotion: boolean;
}) {
  return (
    <fieldset class="picture-buttons">
      <legend class="visually-hidden">View</legend>
      <button
        type="button"
        title="Zoom in"
        aria-label="Zoom in"
        onClick={() => drawing.current?.zoom(1.5, reducedMotion)}
      >
        +
      </button>
      <button
        type="button"
        title="Zoom out"
        aria-label="Zoom out"
        onClick={() => drawing.current?.zoom(1 / 1.5, reducedMotion)}
      >
        −
      </button>
      <button type="button" onClick={() => drawing.current?.fit(reducedMotion)}>
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
  colourScheme,
  colourBy,
  works,
}: {
  colourScheme: ColourScheme;
  colourBy: Colouring;
  works: readonly GraphWork[];
}) {
  return (
    <dl class="legend small">
      <div>
        <dt>{colourBy === "category" ? "Category" : "Trust"}</dt>
        {colourScheme.legend.map(({ key, text, colour }) => (
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

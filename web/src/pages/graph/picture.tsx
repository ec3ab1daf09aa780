import { useEffect, useRef, useState } from "preact/hooks";
import type { Drawn, Marks } from "../../graph-view/drawing/drawn.ts";
import type { GraphDrawing, Listeners } from "../../graph-view/drawing/graph-drawing.ts";
import { readLook } from "../../theme/look.ts";
import type { Theme } from "../../theme/theme.ts";

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
    import("../../graph-view/drawing/graph-drawing.ts")
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

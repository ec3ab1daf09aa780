import type { DirectedGraph } from "graphology";
import type Sigma from "sigma";
import type { Position, Positions } from "../graph/index.ts";
import type { NodeAttributes } from "./appearance.ts";

type Picture = Pick<Sigma, "getCamera" | "getNodeDisplayData" | "framedGraphToViewport" | "getDimensions">;

/** A work closer to the edge than this, in pixels, is moved into view. */
const edgeMargin = 40;

/** Shows the whole picture. With reduced motion, this and the functions below do not animate. */
export function fitView(picture: Picture, reducedMotion: boolean): void {
  picture.getCamera().animate({ x: 0.5, y: 0.5, ratio: 1, angle: 0 }, { duration: reducedMotion ? 0 : 300 });
}

/** Zooms in for a factor above 1, out for one below. */
export function zoomView(picture: Picture, factor: number, reducedMotion: boolean): void {
  const camera = picture.getCamera();
  const ratio = camera.getBoundedRatio(camera.ratio / factor);
  camera.animate({ ratio }, { duration: reducedMotion ? 0 : 200 });
}

/** Moves the camera to a work unless it is well within view. */
export function revealWork(picture: Picture, id: string, reducedMotion: boolean): void {
  const at = picture.getNodeDisplayData(id);
  if (at === undefined) return;
  const { x, y } = picture.framedGraphToViewport(at);
  const { width, height } = picture.getDimensions();
  if (x > edgeMargin && y > edgeMargin && x < width - edgeMargin && y < height - edgeMargin) return;
  picture.getCamera().animate({ x: at.x, y: at.y }, { duration: reducedMotion ? 0 : 250 });
}

const duration = 450;

/** Moves works to their targets within half a second. Call the returned function to stop the animation. */
export function animatePositions(
  graph: DirectedGraph<NodeAttributes>,
  targets: Positions,
  whenDone: () => void,
): () => void {
  const starts = new Map(
    graph.mapNodes((id, { x, y }) => [id, { x, y }] as const).filter(([id]) => targets.has(id)),
  );
  const start = performance.now();
  let frame = requestAnimationFrame(step);
  function step(now: number): void {
    const share = Math.min(1, Math.max(0, now - start) / duration);
    const eased = 1 - (1 - share) ** 3;
    graph.updateEachNodeAttributes(
      (id, attributes) => {
        const [from, to] = [starts.get(id), targets.get(id)];
        if (from === undefined || to === undefined) return attributes;
        return { ...attributes, x: from.x + (to.x - from.x) * eased, y: from.y + (to.y - from.y) * eased };
      },
      { attributes: ["x", "y"] },
    );
    if (share < 1) frame = requestAnimationFrame(step);
    else whenDone();
  }
  return () => cancelAnimationFrame(frame);
}

type Extent = [min: number, max: number];

/** The minimum width and height of a picture in layout units: a few works are not enlarged to fill it. */
const minSize = { x: 420, y: 260 };

/** The bounding box for works that are close together; null if they need more than the minimum. */
export function minimumExtent(works: readonly Position[]): { x: Extent; y: Extent } | null {
  const x = extent(works.map((work) => work.x));
  const y = extent(works.map((work) => work.y));
  if (works.length === 0 || x[1] - x[0] >= minSize.x || y[1] - y[0] >= minSize.y) return null;
  return { x: widen(x, minSize.x), y: widen(y, minSize.y) };
}

function extent(values: readonly number[]): Extent {
  return [Math.min(...values), Math.max(...values)];
}

function widen([from, to]: Extent, size: number): Extent {
  const middle = (from + to) / 2;
  return [middle - size / 2, middle + size / 2];
}

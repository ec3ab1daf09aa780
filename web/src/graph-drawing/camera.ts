import type { DirectedGraph } from "graphology";
import type Sigma from "sigma";
import type { Position, Positions } from "../graph/index.ts";
import type { NodeAttributes } from "./appearance.ts";

type Picture = Pick<Sigma, "getCamera" | "getNodeDisplayData" | "framedGraphToViewport" | "getDimensions">;

/** Pixels from the edge within which a work is not yet well seen. */
const edgeMargin = 40;

/** Shows all of the picture. Like the others of this file at once where it is to be calm. */
export function fitView(picture: Picture, reducedMotion: boolean): void {
  picture.getCamera().animate({ x: 0.5, y: 0.5, ratio: 1, angle: 0 }, { duration: reducedMotion ? 0 : 300 });
}

/** Goes nearer for a factor above 1. */
export function zoomView(picture: Picture, factor: number, reducedMotion: boolean): void {
  const camera = picture.getCamera();
  const ratio = camera.getBoundedRatio(camera.ratio / factor);
  camera.animate({ ratio }, { duration: reducedMotion ? 0 : 200 });
}

/** Moves to a work where it is not well within view. */
export function revealWork(picture: Picture, id: string, reducedMotion: boolean): void {
  const at = picture.getNodeDisplayData(id);
  if (at === undefined) return;
  const { x, y } = picture.framedGraphToViewport(at);
  const { width, height } = picture.getDimensions();
  if (x > edgeMargin && y > edgeMargin && x < width - edgeMargin && y < height - edgeMargin) return;
  picture.getCamera().animate({ x: at.x, y: at.y }, { duration: reducedMotion ? 0 : 250 });
}

const duration = 450;

/** Moves works to other places within half a second; what is returned ends it where it is. */
export function animatePositions(
  graph: DirectedGraph<NodeAttributes>,
  targets: Positions,
  whenDone: () => void,
): () => void {
  const starts = new Map(
    graph.mapNodes((id, { x, y }) => [id, { x, y }] as const).filter(([id]) => targets.has(id)),
  );
  const begin = performance.now();
  let frame = requestAnimationFrame(step);
  function step(now: number): void {
    const share = Math.min(1, Math.max(0, now - begin) / duration);
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

type Extent = [least: number, most: number];

/** The least width and height of a picture, in the layout's units: few works are not blown up to fill it. */
const least = { x: 420, y: 260 };

/** What of the plane is shown for works that lie close together; null where they need the room by themselves. */
export function minimumExtent(works: readonly Position[]): { x: Extent; y: Extent } | null {
  const x = extent(works.map((work) => work.x));
  const y = extent(works.map((work) => work.y));
  if (works.length === 0 || x[1] - x[0] >= least.x || y[1] - y[0] >= least.y) return null;
  return { x: widen(x, least.x), y: widen(y, least.y) };
}

function extent(values: readonly number[]): Extent {
  return [Math.min(...values), Math.max(...values)];
}

function widen([from, to]: Extent, size: number): Extent {
  const middle = (from + to) / 2;
  return [middle - size / 2, middle + size / 2];
}

import type Sigma from "sigma";

type Picture = Pick<Sigma, "getCamera" | "getNodeDisplayData" | "framedGraphToViewport" | "getDimensions">;

/** Pixels from the edge within which a work is not yet well seen. */
const margin = 40;

/** Shows all of the picture. Like the others of this file at once where it is to be calm. */
export function fitView(picture: Picture, isCalm: boolean): void {
  picture.getCamera().animate({ x: 0.5, y: 0.5, ratio: 1, angle: 0 }, { duration: isCalm ? 0 : 300 });
}

/** Goes nearer for a factor above 1. */
export function zoomView(picture: Picture, factor: number, isCalm: boolean): void {
  const camera = picture.getCamera();
  const ratio = camera.getBoundedRatio(camera.ratio / factor);
  camera.animate({ ratio }, { duration: isCalm ? 0 : 200 });
}

/** Moves to a work where it is not well within view. */
export function revealWork(picture: Picture, id: string, isCalm: boolean): void {
  const at = picture.getNodeDisplayData(id);
  if (at === undefined) return;
  const { x, y } = picture.framedGraphToViewport(at);
  const { width, height } = picture.getDimensions();
  if (x > margin && y > margin && x < width - margin && y < height - margin) return;
  picture.getCamera().animate({ x: at.x, y: at.y }, { duration: isCalm ? 0 : 250 });
}

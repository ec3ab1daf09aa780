import type { DirectedGraph } from "graphology";
import type { Positions } from "../positions.ts";
import type { NodeAttributes } from "./styles.ts";

const duration = 450;

/** Moves works to other places within half a second; what is returned ends it where it is. */
export function glide(
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

import { type ForceProgress, forceOrder, forceTask, positionsOf } from "./force-task.ts";
import type { Neighbourhood } from "./neighbourhood.ts";
import type { Positions } from "./positions.ts";

/** Lays a graph out in a thread, telling how far it is; ends it when what is returned is called. */
export function runForceLayout(
  neighbourhood: Neighbourhood,
  tell: (positions: Positions, isDone: boolean) => void,
): () => void {
  const order = forceOrder(neighbourhood);
  const worker = new Worker(new URL("./force-worker.ts", import.meta.url), { type: "module" });
  worker.addEventListener("message", ({ data }: MessageEvent<ForceProgress>) => {
    tell(positionsOf(order, data.coordinates), data.isDone);
    if (data.isDone) worker.terminate();
  });
  worker.postMessage(forceTask(neighbourhood));
  return () => worker.terminate();
}

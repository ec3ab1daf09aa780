// A thread of its own: the page stays alive while a graph is laid out. A file of its own, since the page's policy
// refuses threads from blob: addresses, which is what graphology's own worker uses.
import { forceSteps } from "./force-layout.ts";
import type { ForceTask } from "./force-task.ts";

addEventListener("message", ({ data }: MessageEvent<ForceTask>) => {
  for (const progress of forceSteps(data)) {
    postMessage(progress, { transfer: [progress.coordinates.buffer] });
  }
});

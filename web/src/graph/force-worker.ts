import { runForceSteps } from "./force-layout.ts";
import type { ForceTask } from "./force-task.ts";

// A thread of its own: the page stays alive while a graph is laid out. A file of its own, since the page's policy
// refuses threads from blob: addresses, which is what graphology's own worker uses.

/** Milliseconds: who looks at a picture wants it to rest. A thousand works take half of it where nothing else runs. */
const maxDurationMs = 4_000;

addEventListener("message", ({ data }: MessageEvent<ForceTask>) => {
  const end = performance.now() + maxDurationMs;
  for (const progress of runForceSteps(data, () => performance.now() > end)) {
    postMessage(progress, { transfer: [progress.coordinates.buffer] });
  }
});

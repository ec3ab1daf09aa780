import { runForceSteps } from "./force-layout.ts";
import type { ForceTask } from "./force-task.ts";

// Runs in a worker to keep the page responsive. It is a file because the Content-Security-Policy forbids workers from
// blob: URLs, which graphology's own worker uses.

/** The layout must come to rest. 1,000 works take half of this on an idle machine. */
const maxDurationMs = 4_000;

addEventListener("message", ({ data }: MessageEvent<ForceTask>) => {
  const end = performance.now() + maxDurationMs;
  for (const progress of runForceSteps(data, () => performance.now() > end)) {
    postMessage(progress, { transfer: [progress.coordinates.buffer] });
  }
});
